"""JSON keys that the user names: `--json-map status=code` is the format `json:status=code`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from functools import lru_cache
from types import MappingProxyType

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.durations import (
    EITHER,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
)
from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families.json import json_lines
from flask_status_cli.formats.families.named_parts import KNOWN, PartNames, read_values
from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.refusal_reasons import KEY_TWICE
from flask_status_cli.model import LogEntry

PREFIX = "json:"
OPTION = "--json-map"

_PAIR = re.compile(r"\s*([a-z_]+)\s*=\s*([^=,\s](?:[^=,]*[^=,\s])?)\s*")
_DURATIONS: Mapping[str, str] = MappingProxyType(
    {
        "duration": EITHER,
        "duration_s": SECONDS,
        "duration_ms": MILLISECONDS,
        "duration_us": MICROSECONDS,
        "duration_ns": NANOSECONDS,
    }
)
_WITH_UNIT = frozenset(part for part, unit in _DURATIONS.items() if unit != EITHER)
PARTS = ("status", "time", "request", "method", "target", "query", "host", *_DURATIONS)
"""The parts of a request for which a key may be given."""

_SAME: Mapping[str, str] = MappingProxyType({"path": "target", "uri": "target", "url": "target"})


class JsonMap:
    """Reads JSON objects. The keys that the user named are preferred to known ones."""

    def __init__(self, text: str) -> None:
        self.text = text
        given = _given(text.removeprefix(PREFIX))
        keys = {part: names.plain(key) for part, key in given.items()}
        self.known = PartNames(
            **{
                part: tuple(dict.fromkeys((keys[part], *usual))) if part in keys else usual
                for part, usual in (
                    ("status", KNOWN.status),
                    ("request", () if keys.keys() & {"method", "target"} else KNOWN.request),
                    ("method", KNOWN.method),
                    ("target", KNOWN.target),
                    ("query", KNOWN.query),
                    ("time", KNOWN.time),
                    ("host", KNOWN.host),
                )
            },
            units=_units(keys),
            any_method="target" in keys and not keys.keys() & {"method", "request"},
        )
        self.told = frozenset(keys[part] for part in keys if part in _WITH_UNIT)
        self.wanted = names.KNOWN | frozenset(keys.values())
        self.containers: Mapping[str, str] = dict(names.CONTAINERS) | _parents(given.values())

    def read(
        self, line: bytes, *, zone: tzinfo, newest: int | None
    ) -> LogEntry | EntryWithoutTime | str | None:
        """Return an entry, the reason why the line is damaged, or `None` if it is no such object."""
        start = json_lines.object_start(line)
        found = None if start is None else json_lines.parse_object(line[start:])
        if found is None or start is None:
            return None
        try:
            values = json_lines.wanted_values(found, self.wanted, self.containers, told=self.told)
        except json_lines.KeyTwiceError:
            return KEY_TWICE
        json_lines.add_console(line, values)
        return json_lines.with_prefix(
            line[:start], read_values(values, zone=zone, newest=newest, known=self.known)
        )

    def named(self, line: bytes) -> list[tuple[str, bytes]]:
        """Return the parts of the request in an object, by name."""
        return json_lines.named_parts_of(line, self.known, (self.wanted, self.containers))

    def variant(self, _line: bytes) -> str:
        """Return the name of the format, which has the keys in it."""
        return self.text


@lru_cache(maxsize=64)
def json_map(text: str) -> JsonMap:
    """Return the reader for a JSON map; raises `OptionError` if the map is wrong."""
    return JsonMap(text)


def _units(keys: Mapping[str, str]) -> Mapping[str, str]:
    """Return the units of names of durations, those of the given keys first."""
    given = {keys[part]: unit for part, unit in _DURATIONS.items() if part in keys}
    return given | {name: unit for name, unit in KNOWN.units.items() if name not in given}


def _given(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for piece in text.split(","):
        match = _PAIR.fullmatch(piece)
        part = None if match is None else _SAME.get(match[1], match[1])
        if match is None or part not in PARTS:
            what = f"{piece.strip()!r} is not PART=KEY"
            raise OptionError(
                OPTION, what, f"for example status=res.code,time=ts; parts are {', '.join(PARTS)}"
            )
        if part in given:
            raise OptionError(OPTION, f"{part} is given twice", "give it once")
        if not names.plain(match[2]):
            raise OptionError(
                OPTION, f"{match[2]!r} is not a key", "write it as it stands in the log"
            )
        given[part] = match[2]
    return given


def _parents(keys: Iterable[str]) -> dict[str, str]:
    """Return the objects that contain the keys, with the prefixes of names in them: `res` for `res.code`."""
    found: dict[str, str] = {}
    for key in keys:
        steps = key.split(".")
        for length in range(1, len(steps)):
            name = names.plain(".".join(steps[:length]))
            found[name] = name
    return found
