"""The shapes of plain lines, by family: what one pattern takes apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo

from flask_status_cli.formats.counting.bulk import Shape
from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.prefixes.carriers import ADDRESS_ALONE
from flask_status_cli.formats.timestamps import local_minute

_ALONE = rb"[0-9.]*+ - - "
"""What `carriers.ADDRESS_ALONE` allows."""

_ANY = rb'([^\["\n]*+)'
_CLF = rb'\[(.{17}):[0-5][0-9] %b\] "([^"]*+" [0-9]{3} )[^\n]*+\n|[^\n]*+\n'
_WERKZEUG = rb'\[(.{17}):[0-5][0-9]\] "([^\n]*+)\n|[^\n]*+\n'
_DAYS = 1 << 10


class ClfShapes:
    """Lines of the common log format with one offset, with whatever follows the status."""

    def __init__(self, zone: tzinfo) -> None:  # noqa: ARG002 - all shapes are made so, and these stamps carry their offset
        self._shapes: dict[tuple[bytes, bool], Shape] = {}

    def fitting(self, lines: bytes, tried: Sequence[Shape]) -> Shape | None:
        """Return the shape of the first entry, or of such lines with any prefix."""
        stamp = clf.STAMP.search(lines)
        if stamp is None:
            return None
        alone = _address_alone(lines, stamp.start())
        return _untried((self._shape(stamp[3], prefixed=p) for p in (not alone, True)), tried)

    def _shape(self, offset: bytes, *, prefixed: bool) -> Shape:
        key = offset, prefixed
        if key not in self._shapes:
            pattern = (_ANY if prefixed else _ALONE) + _CLF % re.escape(offset)
            self._shapes[key] = Shape(
                re.compile(pattern), prefixed, _clf_minute(offset), single=True
            )
        return self._shapes[key]


class WerkzeugShapes:
    """Lines of werkzeug's development server, but for those of a doubled hour."""

    def __init__(self, zone: tzinfo) -> None:
        minute_of = _local_minute(zone)
        self._alone = Shape(re.compile(_ALONE + _WERKZEUG), prefixed=False, minute_of=minute_of)
        self._any = Shape(re.compile(_ANY + _WERKZEUG), prefixed=True, minute_of=minute_of)

    def fitting(self, lines: bytes, tried: Sequence[Shape]) -> Shape | None:
        """Return the shape of the first entry, or of such lines with any prefix."""
        stamp = werkzeug.STAMP.search(lines)
        if stamp is None:
            return None
        alone = _address_alone(lines, stamp.start())
        return _untried((self._alone if alone else self._any, self._any), tried)


def _address_alone(lines: bytes, stamp: int) -> bool:
    """Return whether nothing but an address stands before a stamp in its line."""
    prefix = lines[lines.rfind(b"\n", 0, stamp) + 1 : stamp]
    return ADDRESS_ALONE.fullmatch(prefix) is not None


def _untried(shapes: Iterable[Shape], tried: Sequence[Shape]) -> Shape | None:
    return next((shape for shape in shapes if shape not in tried), None)


def _minutes_of(
    day: Callable[[bytes], int | None], slow: Callable[[bytes], int | None], separator: bytes
) -> Callable[[bytes], int | None]:
    """Return what reads a stamp up to its minute: a log goes through few days, so each is read once.

    `day` gives the minute with which a day begins, if every other one follows at its distance; where it gives
    `None`, `slow` reads each stamp.
    """
    days: dict[bytes, int | None] = {}
    times = {b"%b%02d:%02d" % (separator, *divmod(minute, 60)): minute for minute in range(24 * 60)}

    def minute_of(stamp: bytes) -> int | None:
        date, minute = stamp[:11], times.get(stamp[11:])
        if minute is None:
            return None
        if date not in days:
            if len(days) >= _DAYS:
                days.clear()
            days[date] = day(date)
        begins = days[date]
        return slow(stamp) if begins is None else begins + minute

    return minute_of


def _clf_minute(offset: bytes) -> Callable[[bytes], int | None]:
    """Return what reads stamps of an offset."""

    def slow(stamp: bytes) -> int | None:
        return clf.minute_of(stamp, offset) if clf.STAMP_HEAD.fullmatch(b"[%b:" % stamp) else None

    return _minutes_of(lambda day: slow(day + b":00:00"), slow, b":")


def _local_minute(zone: tzinfo) -> Callable[[bytes], int | None]:
    """Return what reads stamps of a zone, but for those that may mean two minutes."""

    def slow(stamp: bytes) -> int | None:
        if not werkzeug.STAMP_HEAD.fullmatch(b"[%b:" % stamp):
            return None
        minute = local_minute(stamp, zone)
        return None if minute is None or minute.first != minute.second else minute.first

    def day(date: bytes) -> int | None:
        begins = slow(date + b" 00:00")
        hours = [slow(b"%b %02d:00" % (date, hour)) for hour in range(24)] + [
            slow(date + b" 23:59")
        ]
        even = begins is not None and hours == [
            *range(begins, begins + 24 * 60, 60), begins + 24 * 60 - 1,
        ]  # fmt: skip
        return begins if even else None

    return _minutes_of(day, slow, b" ")
