"""Copies of a database: backups, copies to the other engine, and imported ones."""
