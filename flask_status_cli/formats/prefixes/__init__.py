"""What stands before an entry, or around it: shippers of logs, Python's logging, JSON."""
