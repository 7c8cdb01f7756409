"""Logs: entries, checkpoints, what an ingest gave, and what a log turned out to be."""
