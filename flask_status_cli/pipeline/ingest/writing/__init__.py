"""Storing what an ingest counted: under the lock, and what people are told of it."""
