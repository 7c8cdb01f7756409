"""`ingest --follow`: logs are kept open and read as their lines come."""
