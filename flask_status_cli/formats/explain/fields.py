"""Splits one line of a log into named fields, to show them to people.

`fields` splits a line by the pattern of a format. `columns` needs no format. It is used for lines that
`fields` cannot split.
"""

from __future__ import annotations

import re
from functools import cache

from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.logformat.builtin_layouts import DECLARED
from flask_status_cli.formats.prefixes.carriers import COLLECTED
from flask_status_cli.formats.registry import FORMATS, compile_layout, lookup, unquoted

Fields = list[tuple[str, bytes]]
"""The names and the unchanged values of fields, in the order of the line."""

_COLLECTED = re.compile(COLLECTED)
_COMMON = ("remote_host", "ident", "user")
_HEADS = {"vhost_combined": ("vhost", *_COMMON)}
_CLF_BEHIND = re.compile(
    rb'((?:[^"\\]++|\\.)*+)" (\d{3})(?: (\S+)(?: "((?:[^"\\]++|\\.)*+)" "((?:[^"\\]++|\\.)*+)")?)?(.*)',
    re.DOTALL,
)
_WERKZEUG_BEHIND = re.compile(rb'(.*)" (\S+) (\S+)()()()', re.DOTALL)
_BEHIND = ("request", "status", "size", "referer", "user_agent", "rest")


def fields(line: bytes, name: str | None = None) -> Fields:
    """Return the fields of a line; an empty list if no format fits the whole line.

    `name` is a built-in format or a LogFormat string. With `None`, all built-in formats are tried. The field
    `before` is the text of a collector before the line.
    """
    named = None if name is None else lookup(name).family.named
    if named is not None:
        return named(line)
    text = None if name is None or name in FORMATS else unquoted(name)
    declared = [one for one in DECLARED if one.text == text]
    if name is not None and text is not None and not declared:
        return compile_layout(name).named(line) or []
    start = _COLLECTED.match(line).end()  # type: ignore[union-attr]  # matches nothing, too
    before = [("before", line[:start].rstrip(b" "))] if start else []
    rest = line[start:]
    kin = name or clf.variant(rest)
    for one in declared or [one for one in DECLARED if one.kin == kin]:
        match = _regex(one.pattern).fullmatch(rest)
        if match is not None:
            return [*before, *zip(one.names, match.groups(), strict=True)]
    return []


@cache
def _regex(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


def columns(line: bytes) -> Fields:
    """Return the fields of any line with a time stamp. The field `before` is the text before known fields."""
    for format_, behind in ((clf, _CLF_BEHIND), (werkzeug, _WERKZEUG_BEHIND)):
        stamp = format_.STAMP.search(line)
        if stamp is not None and (match := behind.fullmatch(line, stamp.end())):
            names = _HEADS.get(format_.variant(line), _COMMON)
            found = zip(_BEHIND, match.groups(), strict=True)
            return [
                *_before(line[: stamp.start()], names),
                ("time", stamp[0][1:].removesuffix(b'] "')),
                *((name, value.strip(b" ")) for name, value in found if value),
            ]
    return [("rest", line)]


def _before(prefix: bytes, names: tuple[str, ...]) -> Fields:
    start = _COLLECTED.match(prefix).end()  # type: ignore[union-attr]  # matches nothing, too
    collected = [("before", prefix[:start].strip(b" "))] if start else []
    values = prefix[start:].removesuffix(b" ").split(b" ", len(names) - 1)
    if names == _COMMON and prefix.endswith(
        b" - - "
    ):  # text before the client is no part of the entry
        before, *values = (b" " + prefix[start:]).removesuffix(b" ").rsplit(b" ", len(names))
        collected += [("before", before.strip(b" "))] if before else []
    if len(values) < len(names):
        return [("before", prefix)]
    return [*collected, *zip(names, values, strict=True)]
