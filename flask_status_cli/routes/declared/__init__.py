"""Declared rules: an app's URL map, and how requests are matched with it."""
