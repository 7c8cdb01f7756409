"""Rotated logs: which files to read, in which order, and where the end of a log is found."""
