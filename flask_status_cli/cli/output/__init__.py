"""Writes a report to a stream, a file, the HTML page, or the directory of a site."""
