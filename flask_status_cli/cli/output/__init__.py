"""Writes a report to standard output, to a file, or to the directory of a site."""
