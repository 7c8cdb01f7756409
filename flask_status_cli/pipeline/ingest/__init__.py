"""`ingest`: what is new in the logs is read, counted and stored."""
