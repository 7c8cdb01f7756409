"""The SQLite file: connections, the lock, dry runs, errors, backups and checks."""
