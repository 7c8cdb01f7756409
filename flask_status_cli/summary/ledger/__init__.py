"""The ledger a summary reads, and wrappers that change what it says."""
