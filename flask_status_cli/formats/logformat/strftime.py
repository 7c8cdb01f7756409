"""Times in custom formats: the patterns of `%t` and `%{...}t`, and the epoch minutes of their texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache
from types import MappingProxyType

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.logformat.directives import OPTION, Directive
from flask_status_cli.formats.timestamps import (
    LocalMinute,
    epoch_minute,
    local_minute,
    offset_minutes,
    wall_minute,
)

_LONG = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MONTHS = tuple(name[:3] for name in _LONG)
_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"

# Directives of strftime(3) that give the same text in every English locale, always with as many blanks.
_TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "Y": r"(?P<Y>\d{4})",
        "y": r"(?P<y>\d\d)",
        "m": r"(?P<m>\d\d)",
        "b": rf"(?P<b>{'|'.join(_MONTHS)})",
        "B": rf"(?P<B>{'|'.join(_LONG)})",
        "d": r"(?P<d>\d\d)",
        "H": r"(?P<H>\d\d)",
        "I": r"(?P<I>\d\d)",
        "p": r"(?P<p>[AaPp][Mm])",
        "M": r"(?P<M>\d\d)",
        "S": r"(?:[0-5]\d|60)",
        "z": r"(?P<z>[+-]\d\d:?\d\d)",
        "Z": r"(?P<z>UTC|GMT)",  # other names of zones are ambiguous
        "s": r"(?P<s>\d{1,11})",
        "a": rf"(?:{_DAYS})",
        "A": r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
        "j": r"\d{3}",
        "u": r"\d",
        "w": r"\d",
        "%": "%",
    }
)
_SHORT: Mapping[str, str] = MappingProxyType(
    {"T": "%H:%M:%S", "R": "%H:%M", "F": "%Y-%m-%d", "D": "%m/%d/%y", "h": "%b"}
)
_WHOLE: Mapping[str, str] = MappingProxyType(
    {
        "sec": r"(?P<s>\d{1,11})",
        "msec": r"(?P<s>\d{1,11})\d{3}",
        "usec": r"(?P<s>\d{1,11})\d{6}",
        "msec_frac": r"\d{3}",
        "usec_frac": r"\d{6}",
    }
)
VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "$time_local": rf"(?P<d>\d\d)/(?P<b>{'|'.join(_MONTHS)})/(?P<Y>\d{{4}})"
        r":(?P<H>\d\d):(?P<M>\d\d):(?:[0-5]\d|60)\ (?P<z>[+-]\d{4})",
        "$time_iso8601": r"(?P<Y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)T(?P<H>\d\d):(?P<M>\d\d):(?:[0-5]\d|60)"
        r"(?:\.\d{1,9})?(?P<z>[+-]\d\d:?\d\d|Z)",
        "$msec": r"(?P<s>\d{1,11})\.\d{3}",
    }
)
"""The patterns of nginx's time variables. Each has the time at which nginx writes the line.

Other servers write ISO 8601 with a fraction of a second, too, and `Z` for UTC.
"""

_UTC = re.compile("Z|UTC|GMT")
_USUAL = rf"\[{VARIABLES['$time_local']}\]"
"""The pattern of `%t`."""
_NAMED = re.compile(r"\?P<\w>")
_FROM_END = "end:"
_SECONDS_PER_MINUTE = 60
_PARTS = ("Y", "y"), ("m", "b", "B"), ("d",), ("M",)


def pattern_of(directive: Directive) -> str:
    """Return the pattern of a time. Each group has the name of strftime's letter for it.

    Raises `OptionError` if the time cannot be read back.
    """
    if directive.written in VARIABLES:
        return VARIABLES[directive.written]
    text = (directive.argument or "").removeprefix("begin:").removeprefix(_FROM_END)
    if not text:
        return _USUAL
    if text in _WHOLE:
        return _WHOLE[text]
    parts: list[str] = []
    expanded = re.sub(r"%([TRFDh])", lambda match: _SHORT[match[1]], text)
    for token, literal in re.findall(r"%(.?)|([^%]+)", expanded, re.DOTALL):
        if literal:
            parts.append(re.escape(literal))
        elif token not in _TOKENS:
            hint = "write the time with %Y %m %b %d %H %M %S %z or %T"
            raise OptionError(OPTION, f"%{token} in {directive.written} cannot be read back", hint)
        else:
            parts.append(_TOKENS[token])
    pattern = "".join(parts)
    if len(set(names := _NAMED.findall(pattern))) < len(names):
        raise OptionError(
            OPTION, f"{directive.written} gives the same part of the time twice", "give it once"
        )
    return pattern


def without_group_names(pattern: str) -> str:
    """Return the same pattern without named groups."""
    return _NAMED.sub("?:", pattern)


class TimeReader:
    """Reads the epoch minute from the texts of all time directives of a line."""

    def __init__(self, directives: Sequence[Directive]) -> None:
        """Choose the directives for the beginning of a request, else those for its end.

        `%t` is the beginning. Its end is used only if the beginning is not logged completely.
        """
        begin = [not (d.argument or "").startswith(_FROM_END) for d in directives]
        texts = [pattern_of(directive) for directive in directives]
        for wanted in (True, False):
            self._chosen = [at for at, is_begin in enumerate(begin) if is_begin is wanted]
            letters = set(re.findall(r"\?P<(\w)>", "".join(texts[at] for at in self._chosen)))
            self.complete = "s" in letters or (
                all(letters & set(part) for part in _PARTS)
                and ("H" in letters or {"I", "p"} <= letters)
            )
            if self.complete:
                break
        self._patterns = [re.compile(text.encode()) for text in texts]
        self.local = not letters & {"s", "z"}

    def minute(self, texts: tuple[bytes, ...], *, zone: tzinfo, newest: int | None) -> int | None:
        """Return the epoch minute, `None` for an impossible time. `texts` has one for each directive."""
        minute = _minute_of(self, texts, zone)
        return minute.after(newest) if isinstance(minute, LocalMinute) else minute

    def read(self, texts: Sequence[bytes], zone: tzinfo) -> int | LocalMinute | None:
        """Return the epoch minute, or both minutes that a time without an offset may mean."""
        found: dict[str, str] = {}
        for at in self._chosen:
            match = self._patterns[at].fullmatch(texts[at])
            if match is not None:
                for letter, value in match.groupdict().items():
                    found.setdefault(letter, value.decode())
        if "s" in found:
            return int(found["s"]) // _SECONDS_PER_MINUTE
        stamp = _stamp(found)
        if stamp is None:
            return None
        if "z" in found:
            offset = _UTC.sub("+0000", found["z"].replace(":", ""))
            return epoch_minute(wall_minute(stamp), offset_minutes(offset.encode()))
        return local_minute(stamp, zone)


@lru_cache(maxsize=1 << 12)
def _minute_of(
    reader: TimeReader, texts: tuple[bytes, ...], zone: tzinfo
) -> int | LocalMinute | None:
    return reader.read(texts, zone)


def _stamp(found: Mapping[str, str]) -> bytes | None:
    """Return the parts of a time as `dd/Mon/yyyy:HH:MM`, `None` if there is no such month."""
    year = found.get("Y") or f"20{found['y']}"
    month = found.get("b") or (found["B"][:3] if "B" in found else _month(int(found["m"])))
    if month is None:
        return None
    hour = found.get("H") or _of_half_day(int(found["I"]), found["p"])
    return f"{found['d']}/{month}/{year}:{hour}:{found['M']}".encode()


def _month(number: int) -> str | None:
    return _MONTHS[number - 1] if 1 <= number <= len(_MONTHS) else None


def _of_half_day(hour: int, half: str) -> str:
    return f"{hour % 12 + 12 * (half.lower() == 'pm'):02}" if 1 <= hour <= 12 else "99"
