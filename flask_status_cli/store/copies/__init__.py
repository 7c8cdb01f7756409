"""Copies of a database: backups, copies to another engine, and counts imported from another program."""
