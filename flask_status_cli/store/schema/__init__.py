"""The schema of a database: its tables, column types, version and migrations."""
