"""Messages about incidents: queued after an ingest, and sent by a separate process."""
