"""Reports: the status summary, the detail of a route, error budgets, problems, checks."""
