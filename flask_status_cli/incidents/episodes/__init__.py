"""Finds the episodes of each route in its failing minutes, and joins episodes to incidents."""
