"""Stores the counts of an ingest under the lock, and makes the messages about them."""
