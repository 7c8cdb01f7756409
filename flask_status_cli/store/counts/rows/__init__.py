"""The compiled maker of rows, which `upsert.py` uses if there is one."""
