"""Counts: adds requests, attributes them to routes, and prunes them."""
