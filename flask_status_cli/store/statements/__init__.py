"""The statements of an ingest, and their texts made beforehand."""
