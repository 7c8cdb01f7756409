"""Counts: added, attributed to routes, kept for paths that wait for an answer, pruned."""
