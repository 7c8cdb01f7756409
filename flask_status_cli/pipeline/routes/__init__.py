"""The routes of a database: listed, edited, declared, and selected by name."""
