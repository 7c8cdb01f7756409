"""Outages of the whole site, in which all requests fail or a part of them."""
