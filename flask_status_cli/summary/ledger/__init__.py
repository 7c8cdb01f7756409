"""The ledger from which a summary reads the counts, and wrappers around it."""
