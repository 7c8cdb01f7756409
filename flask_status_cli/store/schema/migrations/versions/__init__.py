"""One file a revision; the newest is what `schema` describes."""
