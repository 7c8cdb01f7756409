"""Fingerprints of small logs, made by compiled code. Without a C compiler `fingerprints.py` does the same."""
