"""The answers of `check`: availability, incidents, staleness, and the burn of a budget."""
