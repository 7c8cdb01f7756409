"""What is drawn on a terminal while a command runs: progress, the follow line, `report --watch`."""
