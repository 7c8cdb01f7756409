"""Reads a logged duration as whole microseconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType

SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS = "s", "ms", "us", "ns"
EITHER = "s or ms"
"""Seconds if there is a fraction, else milliseconds, as in most fields named `duration`."""

_MICROSECONDS: Mapping[str, Decimal] = MappingProxyType(
    {
        "ns": Decimal("0.001"),
        "us": Decimal(1),
        "µs": Decimal(1),
        "μs": Decimal(1),
        "micros": Decimal(1),
        "ms": Decimal(1000),
        "msec": Decimal(1000),
        "msecs": Decimal(1000),
        "s": Decimal(1_000_000),
        "sec": Decimal(1_000_000),
        "m": Decimal(60_000_000),
        "h": Decimal(3_600_000_000),
    }
)
_NUMBER = re.compile(r"\d{1,18}(?:\.\d{1,18})?(?:[eE]-?\d{1,2})?")
_GO = re.compile(r"(?:\d{1,9}(?:\.\d{1,12})?(?:h|ms|msecs?|m|s|sec|ns|us|µs|μs|micros))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([a-zµμ]+)")
_LONGEST = 10**15
"""Microseconds of 31 years. Longer durations are not accepted."""


@lru_cache(maxsize=1 << 12)
def microseconds(text: str, unit: str) -> int | None:
    """Return a duration in `unit`, or with units in the text (`1m2.5s`); `None` if it is not a duration.

    Fractions of a microsecond are cut off. A negative duration was not measured.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        if unit == EITHER:
            unit = SECONDS if "." in text or "e" in text.lower() else MILLISECONDS
        return _whole(Decimal(text) * _MICROSECONDS[unit])
    text = text.replace(" ", "")
    if not _GO.fullmatch(text):
        return None
    try:
        return _whole(
            sum(
                (Decimal(number) * _MICROSECONDS[name] for number, name in _PART.findall(text)),
                Decimal(),
            )
        )
    except (InvalidOperation, KeyError):
        return None


def _whole(value: Decimal) -> int | None:
    return int(value) if value < _LONGEST else None
