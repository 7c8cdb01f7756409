"""Turns the pattern in front of a duration into steps for the compiled scanner; see `scan_block.c`."""

from __future__ import annotations

import re

from flask_status_cli.formats.logformat.duration_fields import LINE_END, WORD_END
from flask_status_cli.lazy_pattern import LazyPattern

_TOKEN = LazyPattern(
    rb"(?P<number>\[-\.0-9\]\*\+)"
    rb"|(?P<text>\(\?:\[\^(?P<bytes>(?:[^\\\]-]|\\.)+)\]\+\+\|\\\\\.\)\*\+)"
    rb"|(?P<group>\(\?:(?!\[\^))"
    rb"|(?P<open>\((?!\?))"
    rb"|(?P<close>\))(?![*+?{])"
    rb"|(?P<literal>\\[^\w]|[^\\\[\](){}*+?.^$|])(?![*+?{])",
    re.DOTALL,
)
_MOST = 255


def duration_steps(pattern: bytes) -> bytes | None:
    """Return the steps of a pattern, `None` if the scanner has no step for a part of it.

    - `L`, a length and bytes: these bytes.
    - `N`: a number, which may be empty.
    - `T`, a length and bytes: a text without these bytes, in which a backslash escapes any byte.
    - `(` and `)`: where the duration begins and ends.
    - `E`: the end of the line. `S`: the end of a word.
    """
    for end, step in ((LINE_END, b"E"), (WORD_END, b"S")):
        if pattern.endswith(end):
            inner = _inner(pattern.removesuffix(end))
            return None if inner is None else inner + step
    return None


def _inner(pattern: bytes) -> bytes | None:
    steps: list[bytes] = []
    groups: list[bytes] = []
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return None
        at = token.end()
        step = _step(token, groups)
        if step is None:
            return None
        if step[:1] == b"L" and steps and steps[-1][:1] == b"L" and len(steps[-1]) < _MOST:
            literal = steps.pop()[2:] + step[2:]
            step = b"L%c%b" % (len(literal), literal)
        if step:
            steps.append(step)
    return b"".join(steps) if not groups and steps.count(b"(") == steps.count(b")") == 1 else None


def _step(token: re.Match[bytes], groups: list[bytes]) -> bytes | None:
    """Return the step of a token; `groups` are what closes the groups that are open."""
    match token.lastgroup:
        case "number":
            return b"N"
        case "literal":
            return b"L\x01" + token["literal"][-1:]
        case "open":
            groups.append(b")")
            return b"("
        case "close":
            return groups.pop() if groups else None
        case "group":
            groups.append(b"")
            return b""
        case _:
            stops = re.sub(rb"\\(.)", rb"\1", token["bytes"], flags=re.DOTALL)
            excluded = stops.replace(b"\\", b"").replace(b"\n", b"")
            fits = b"\\" in stops and b"\n" in stops and len(excluded) <= _MOST
            return b"T%c%b" % (len(excluded), excluded) if fits else None
