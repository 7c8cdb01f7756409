"""The answers of `check`: availability, incidents, stale data, and the burn rate of an error budget."""
