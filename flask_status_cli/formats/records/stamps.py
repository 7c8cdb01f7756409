"""Time stamps without their seconds, so that all stamps of a minute share one entry of a cache."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

Stamp: TypeAlias = tuple[bytes, bytes | None]
"""The text of a time stamp up to the minute, and the text after its seconds.

If no seconds were found, these are the whole text and `None`.
"""

_LONGEST = 64
_LONGEST_KEPT = 512
_MOST = 1 << 13

# A time up to the minute, the seconds with their fraction, the rest; or seconds since 1970 with a fraction.
_WITH_SECONDS = re.compile(
    rb"([^\n]{0,40}?(?:[T _\t]|[0-9]{4}:)[0-9]{2}:[0-9]{2}):[0-5][0-9](?:[.,][0-9]{1,9})?(?![0-9.,:])([^\n]*)"
    rb"|([0-9]{9,10})\.[0-9]{0,12}"
)

# A time of ISO 8601: before its seconds, and what follows them. No other digits may be part of a time.
_BEFORE = re.compile(
    rb"([^0-9\n]*[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T _][0-9]{2}:[0-9]{2}):[0-5][0-9](?:[.,][0-9]{1,9})?"
    rb"((?![0-9.,:])(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2})(?![0-9:]))?"
    rb"(?:[^0-9\n]|(?<![0-9:])[0-9]{1,3}(?![0-9:]))*+)"
)
_NO_DIGIT = re.compile(rb"[^0-9]*")
_BEHIND = b"\n"
"""The beginning of a stamp that comes from the text before a line. No other stamp has a line end."""

AROUND: Stamp = (b"", None)
"""The stamp of a line without a time, if there is no time before the line either."""


def without_seconds(text: bytes) -> Stamp:
    """Return a time stamp without its seconds. `whole` makes a text of it again."""
    match = _WITH_SECONDS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return text, None
    return (match[3], None) if match[1] is None else (match[1], match[2])


def with_minute(stamp: Stamp) -> bytes:
    """Return a text with the minute of a stamp."""
    text, rest = stamp
    return text if rest is None else b"%b:00%b" % (text, rest)


def only_minute(read: Callable[[int | None], int | None]) -> int | None:
    """Return the minute that `read` returns, `None` if it depends on the newest minute before it."""
    first = read(None)
    return first if first == read(1 << 40) else None


class MinutesOfStamps(dict[Stamp, "int | None"]):
    """A cache with the minute of each stamp."""

    def __init__(self, read: Callable[[Stamp], int | None]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, stamp: Stamp) -> int | None:
        if len(self) >= _MOST:
            self.clear()
        minute = self._read(stamp)
        if len(with_minute(stamp)) <= _LONGEST_KEPT:
            self[stamp] = minute
        return minute


def before_a_line(text: bytes) -> Stamp | None:
    """Return the stamp in the text before a line without a time; `None` if the text may have two times."""
    match = _BEFORE.fullmatch(text)
    if match is not None:
        return _BEHIND + match[1], match[2]
    return AROUND if _NO_DIGIT.fullmatch(text) else None


def text_before(stamp: Stamp) -> bytes | None:
    """Return a text with the minute of a stamp from the text before a line; `None` for another stamp."""
    text = with_minute(stamp)
    return text[1:] if text.startswith(_BEHIND) else None
