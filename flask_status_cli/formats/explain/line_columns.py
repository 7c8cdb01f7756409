"""One line of a log taken apart into its fields, for people: nothing is counted by it."""

from __future__ import annotations

import re

from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.prefixes.carriers import COLLECTED

Columns = list[tuple[str, bytes]]

_COLLECTED = re.compile(COLLECTED)
_COMMON = ("remote_host", "ident", "user")
_HEADS = {"vhost_combined": ("vhost", *_COMMON)}
_CLF_BEHIND = re.compile(
    rb'((?:[^"\\]++|\\.)*+)" (\d{3})(?: (\S+)(?: "((?:[^"\\]++|\\.)*+)" "((?:[^"\\]++|\\.)*+)")?)?(.*)',
    re.DOTALL,
)
_WERKZEUG_BEHIND = re.compile(rb'(.*)" (\S+) (\S+)()()()', re.DOTALL)
_BEHIND = ("request", "status", "size", "referer", "user_agent", "rest")


def columns(line: bytes) -> Columns:
    """Return the fields of an entry by name, in the order of the line; `before` where they are not known."""
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


def _before(prefix: bytes, names: tuple[str, ...]) -> Columns:
    start = _COLLECTED.match(prefix).end()  # type: ignore[union-attr]  # matches nothing, too
    collected = [("before", prefix[:start].strip(b" "))] if start else []
    values = prefix[start:].removesuffix(b" ").split(b" ", len(names) - 1)
    if names == _COMMON and prefix.endswith(b" - - "):  # what stands before the client is another's
        before, *values = (b" " + prefix[start:]).removesuffix(b" ").rsplit(b" ", len(names))
        collected += [("before", before.strip(b" "))] if before else []
    if len(values) < len(names):
        return [("before", prefix)]
    return [*collected, *zip(names, values, strict=True)]
