"""JSON lines that are requests: read one by one, and many at once."""
