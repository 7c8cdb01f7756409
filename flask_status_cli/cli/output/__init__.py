"""Where a report goes: a stream, a file, the HTML page, or the directory of a site."""
