"""Words and sentences that several output formats share, in each language."""
