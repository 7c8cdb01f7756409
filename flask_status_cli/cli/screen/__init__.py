"""Draws on a terminal while a command runs: the progress bar, the line of `--follow`, `report --watch`."""
