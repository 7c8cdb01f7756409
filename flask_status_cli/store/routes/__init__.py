"""Routes and rules: the route book, declarations, edits, and moving counts between routes."""
