"""Lists, edits and declares the routes of a database, and selects them by name."""
