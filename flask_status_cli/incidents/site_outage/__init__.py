"""Outages of the whole site: all of it down, or a part of every route failing."""
