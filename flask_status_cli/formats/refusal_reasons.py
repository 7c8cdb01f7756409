"""The reasons why a line is refused."""

NO_KNOWN_FORMAT = "no known format"
IMPOSSIBLE_DATE = "impossible date"
NO_STATUS = "no status"
UNKNOWN_STATUS = "unknown status name"
TWO_RECORDS = "two records in one line"
JSON_LINE = "JSON line"
TOO_LONG = "line too long"
