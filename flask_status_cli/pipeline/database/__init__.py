"""Commands about the whole database: check, copy, prune, import, and its hosts."""
