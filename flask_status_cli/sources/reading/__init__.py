"""Reads a log: opens it, decompresses it, and cuts it into blocks of whole lines."""
