"""Text before or around an entry: log shippers, Python's logging, JSON."""
