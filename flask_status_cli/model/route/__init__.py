"""Routes: the declared rules, and routes as they are listed."""
