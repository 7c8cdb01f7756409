"""Outages of the whole site: total ones, and those in which a part of all requests fails."""
