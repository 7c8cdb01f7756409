"""Makes the status summary: its rows, groups, order, traffic, and details of routes."""
