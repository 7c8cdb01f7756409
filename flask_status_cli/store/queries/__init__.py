"""Reads counts: failing minutes, by route, by slice of time, or all."""
