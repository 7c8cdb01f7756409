"""Counting: blocks of lines become counts, as fast as a proof of each line allows."""
