"""The compiled scanner of plain lines, and what uses it. Without a C compiler `bulk.py` does the same."""
