"""The routes of a database: listed, edited, declared, and chosen by name."""
