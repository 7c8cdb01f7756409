"""Reads a logged duration as whole microseconds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from flask_status_cli.lazy_pattern import LazyPattern

SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS = "s", "ms", "us", "ns"
EITHER = "s or ms"
"""Seconds if there is a fraction, else milliseconds, as in most fields named `duration`."""
UNKNOWN = "unknown"
"""No unit can be known, so a bare number is not a duration."""
FRACTION = "s with a fraction"
"""Seconds if there is a fraction. A whole number has an unknown unit, so it is not a duration."""

_NANOSECONDS: Mapping[str, int] = MappingProxyType(
    {
        "ns": 1,
        "us": 1000,
        "µs": 1000,
        "μs": 1000,
        "micros": 1000,
        "ms": 1_000_000,
        "msec": 1_000_000,
        "msecs": 1_000_000,
        "s": 1_000_000_000,
        "sec": 1_000_000_000,
        "secs": 1_000_000_000,
        "second": 1_000_000_000,
        "seconds": 1_000_000_000,
        "milliseconds": 1_000_000,
        "microseconds": 1000,
        "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    }
)
_NUMBER = LazyPattern(r"\d{1,18}(?:\.\d{1,40})?(?:[eE]-?\d{1,2})?")
_GO = LazyPattern(
    r"(?:\d{1,18}(?:\.\d{1,40})?(?:h|ms|msecs?|m|s|secs?|ns|us|µs|μs|micros|seconds?|milliseconds|microseconds))+"
)
_PART = LazyPattern(r"(\d+(?:\.\d+)?)([a-zµμ]+)")
_PART_OF_ONE = LazyPattern(r"\.\d*[1-9]\d*$")
"""A fraction that is not zero. Nobody measures a part of a nanosecond, so the number is in another unit."""

_LONGEST = 10**15
"""31 years in microseconds. Such durations and longer ones are not accepted."""


_LONGEST_TEXT = 64
_TIMEDELTA = LazyPattern(r"00?:([0-5]\d):([0-5]\d)\.(\d{1,9})")
"""A duration below an hour with a fraction, as Python's `str(timedelta)` and .NET write it."""


def microseconds(text: str, unit: str) -> int | None:
    """Return a logged duration in whole microseconds, rounded down; `None` if the text is not a duration.

    A number is in `unit`. A text may have its own units, such as `1m2.5s`. A negative number is not a
    duration: servers write one if they did not measure.
    """
    return _read(text, unit) if len(text) <= _LONGEST_TEXT else None


@lru_cache(maxsize=1 << 12)
def _read(text: str, unit: str) -> int | None:
    text = text.strip()
    if _NUMBER.fullmatch(text):
        if unit == EITHER:
            unit = SECONDS if "." in text or "e" in text.lower() else MILLISECONDS
        elif unit == UNKNOWN or (unit == NANOSECONDS and _PART_OF_ONE.search(text)):
            return None
        return _microseconds(_scaled(text, _NANOSECONDS[unit]))
    clock = _TIMEDELTA.fullmatch(text)
    if clock is not None:
        return (int(clock[1]) * 60 + int(clock[2])) * 1_000_000 + int(f"{clock[3]:0<6}"[:6])
    text = text.replace(" ", "")
    if not _GO.fullmatch(text):
        return None
    parts = _PART.findall(text)
    return _microseconds(sum(_scaled(number, _NANOSECONDS[name]) for number, name in parts))


def _scaled(number: str, by: int) -> int:
    """Return a decimal number times an integer, rounded down."""
    mantissa, _, exponent = number.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent or 0) - len(fraction)
    digits = int(whole + fraction) * by
    scale: int = 10 ** abs(power)
    return digits * scale if power >= 0 else digits // scale


def _microseconds(nanoseconds: int) -> int | None:
    found = nanoseconds // 1000
    return found if found < _LONGEST else None
