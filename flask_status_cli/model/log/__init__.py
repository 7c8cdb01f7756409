"""Logs: entries, checkpoints, and the results of reading a log."""
