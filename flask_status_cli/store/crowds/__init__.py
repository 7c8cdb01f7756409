"""Crowds: routes folded into one, and what is kept of the paths behind it."""
