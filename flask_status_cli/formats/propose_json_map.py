"""Proposes a JSON map for objects whose keys are not known. It is found by the values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC
from functools import cache

from flask_status_cli.formats.durations import (
    EITHER,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
)
from flask_status_cli.formats.families.known_names import DURATION, plain
from flask_status_cli.formats.registry import JSON_MAP
from flask_status_cli.formats.timestamp_spellings import minute_of

METHODS = "GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND"
# Registered codes, and those of nginx, Apache, Cloudflare, AWS and others. Other numbers are often sizes.
CODES = (
    r"(?:10[0-3]|20[0-8]|226|30[0-8]|4(?:0\d|1[0-9]|2[0-9]|3[01]|4[0349]|5[01]|6[0-3]|9[4-9])"
    r"|5(?:0[0-9]|1[01]|2[0-9]|30|61|98|99))"
)
STATUS = re.compile(CODES)
REQUEST = re.compile(rf"(?:{METHODS}) \S.* HTTP/\d(?:\.\d)?")
_METHOD = re.compile(METHODS)
_TARGET = re.compile(r"/.*|https?://.+|\*")
_LEAVES = 80
_DURATIONS = {EITHER: "duration"} | {
    unit: f"duration_{unit}" for unit in (SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS)
}
"""The part of a JSON map for a duration in each unit."""


def json_map_of(objects: Sequence[Mapping[str, object]]) -> str | None:
    """Return a JSON map of the keys that hold a status, a time and a request in every object that has them.

    Return `None` if one of these three is missing.
    """
    values: dict[str, list[str]] = {}
    for one in objects:
        for path, value in _leaves(one, ""):
            values.setdefault(path, []).append(value)
    usual = {path: texts for path, texts in values.items() if len(texts) * 2 > len(objects)}
    found = {part: _first(usual, fits) for part, fits in _FITS.items()}
    if found["request"]:
        found["method"] = found["target"] = None
    if not (found["request"] or found["method"]):  # many formats for nginx lack the method
        for part, names in _TELLING.items():
            telling = {path: texts for path, texts in usual.items() if names.search(path)}
            found[part] = _first(telling, _FITS[part])
    parts = [f"{part}={path}" for part, path in found.items() if path] + _duration(usual)
    complete = found["status"] and found["time"] and (found["request"] or found["target"])
    return JSON_MAP + ",".join(parts) if complete else None


def _first(values: Mapping[str, Sequence[str]], fits: Callable[[str], bool]) -> str | None:
    return next((path for path, texts in values.items() if all(map(fits, texts))), None)


def _duration(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the part for the first key that is not known, but whose end is a known name of a duration."""
    for path in values:
        name = plain(path.rpartition(".")[2])
        if "." in path and plain(path) not in DURATION and DURATION.get(name) in _DURATIONS:
            return [f"{_DURATIONS[DURATION[name]]}={path}"]
    return []


@cache
def _is_time(text: str) -> bool:
    return minute_of(text.encode("utf-8", "replace"), zone=UTC, newest=None) is not None


# The names that show what a status or a path is for, if there is no method.
_TELLING = {
    "status": re.compile(r"(?i)(?:^|[._-])(?:\w*status|\w*code|response)$"),
    "target": re.compile(r"(?i)(?:^|[._-])(?:\w*ur[il]|path|request|target)$"),
}
_FITS: Mapping[str, Callable[[str], bool]] = {
    "status": lambda text: STATUS.fullmatch(text) is not None,
    "time": lambda text: len(text) > 8 and _is_time(text),
    "request": lambda text: REQUEST.fullmatch(text) is not None,
    "method": lambda text: _METHOD.fullmatch(text) is not None,
    "target": lambda text: _TARGET.fullmatch(text) is not None,
}


def _leaves(found: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for key, value in list(found.items())[:_LEAVES]:
        path = f"{before}{key}"
        if isinstance(value, dict) and before.count(".") < 3:
            yield from _leaves(value, f"{path}.")
        elif (
            isinstance(value, str | int)
            and not isinstance(value, bool)
            and not set("=,") & set(path)
        ):
            yield path, str(value)
