"""The database as a whole: its figures, hosts, copies, pruning, and the import of old counts."""
