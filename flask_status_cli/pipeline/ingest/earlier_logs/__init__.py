"""Compares a log with those that were read before, and says what was found."""
