"""Streams and runs: how far each log was read, by which host and when."""
