"""`ingest`: reads the new lines of logs, counts them, and stores the counts."""
