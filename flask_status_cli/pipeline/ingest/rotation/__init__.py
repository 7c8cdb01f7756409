"""Rotated logs: which files to read, in which order, and where a log's tail went."""
