"""Incidents, and the notifications of them."""
