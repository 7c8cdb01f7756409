"""What a report says: the status summary, the detail of a route, budgets, problems, checks."""
