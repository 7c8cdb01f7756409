"""Counts read: by failing minute, by route, by slice of time, or all of them."""
