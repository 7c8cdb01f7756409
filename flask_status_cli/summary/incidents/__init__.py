"""Incidents made from a ledger: found, described, closed, frozen, and silence."""
