"""The reasons why a line is refused."""

NO_KNOWN_FORMAT = "no known format"
IMPOSSIBLE_DATE = "impossible date"
NO_STATUS = "no status"
UNKNOWN_STATUS = "unknown status name"
TWO_RECORDS = "two records in one line"
JSON_LINE = "JSON line"
KEY_TWICE = "a key occurs twice"
NO_TIME = "no time"
TOO_LONG = "line too long"

MOST_PRECISE_FIRST = (TWO_RECORDS, KEY_TWICE, IMPOSSIBLE_DATE, UNKNOWN_STATUS, NO_STATUS, NO_TIME)
"""The reasons to refuse a damaged line of a known format, the most precise first."""
