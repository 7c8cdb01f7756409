"""Which stream a log is: fingerprints, first lines, parts, and logs that are sent again."""
