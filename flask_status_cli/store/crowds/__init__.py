"""Crowds: many pages folded into one route, and what is stored about the pages."""
