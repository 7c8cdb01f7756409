"""Incidents from a ledger: found, described, closed, frozen, and those of silence."""
