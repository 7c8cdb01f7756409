"""Recognises logs that were read before: fingerprints, first lines, parts, and re-sent logs."""
