"""The database as a whole: connections, the lock of SQLite, dry runs, errors and checks."""
