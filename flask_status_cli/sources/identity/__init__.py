"""Recognizes logs that were read before, by their fingerprints, first lines or last lines."""
