"""Discovered rules: what a path tells where no rule is declared."""
