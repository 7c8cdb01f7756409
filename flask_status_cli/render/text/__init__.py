"""Words and sentences that several media share, in each language."""
