"""Discovered rules: they are made from the path of a request if no declared rule matches it."""
