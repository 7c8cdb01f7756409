"""Routes and rules: the route book, declarations, edits, and counts that move between routes."""
