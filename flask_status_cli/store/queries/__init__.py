"""Queries of counts: failing minutes, slices of time, durations, or all counts."""
