"""The status summary: rows, groups, order, traffic, and the detail of a route."""
