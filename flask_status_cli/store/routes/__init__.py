"""The routes and rules that are stored: declares and edits them, and moves counts between routes."""
