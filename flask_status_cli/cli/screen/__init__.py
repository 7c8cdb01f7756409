"""Draws on a terminal while a command runs: progress bar, line of `--follow`, screen of `report --watch`."""
