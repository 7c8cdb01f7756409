"""Lines that are not entries: noise, lines like requests, and logs that are not supported."""
