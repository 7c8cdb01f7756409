"""`ingest --follow`: keeps logs open and reads their lines as they are written."""
