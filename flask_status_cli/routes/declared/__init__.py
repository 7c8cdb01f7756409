"""Declared rules: the URL map of an app, and which requests match it."""
