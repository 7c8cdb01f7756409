"""The schema: tables, column types, the version, and migrations."""
