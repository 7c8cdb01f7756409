"""Lines that are no entries: noise, lines like requests, and logs of other kinds."""
