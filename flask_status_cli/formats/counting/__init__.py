"""Counts blocks of lines: plain lines fast, all others by the reference parser."""
