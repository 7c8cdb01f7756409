"""The statements of an ingest: their definitions, and their texts, which are generated."""
