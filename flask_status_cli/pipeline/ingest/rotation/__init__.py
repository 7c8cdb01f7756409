"""Rotated logs: which files to read, in which order, and which file has the rest of a log."""
