"""Discovered rules: made from the path if no rule is declared."""
