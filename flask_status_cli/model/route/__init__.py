"""Routes: the rules that somebody declared, and routes as they are listed."""
