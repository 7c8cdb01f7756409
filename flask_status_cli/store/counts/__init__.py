"""Counts: added, attributed to routes, kept for waiting paths, pruned."""
