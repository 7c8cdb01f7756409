"""Declared rules: the URL maps of an app, and the requests that match them."""
