"""The ledger that a summary reads, and wrappers that change its answers."""
