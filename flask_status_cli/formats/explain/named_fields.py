"""One line taken apart into named fields, for people: `fields()`."""

from __future__ import annotations

import re
from functools import cache

from flask_status_cli.formats.families import clf
from flask_status_cli.formats.logformat.builtin_layouts import DECLARED
from flask_status_cli.formats.prefixes.carriers import COLLECTED
from flask_status_cli.formats.registry import FORMATS, layout, unquoted

_COLLECTED = re.compile(COLLECTED)


def fields(line: bytes, name: str | None = None) -> list[tuple[str, bytes]]:
    """Return a line's fields by name, in its order, as they are written there.

    `name` is a built-in format or a LogFormat string, `None` any that is declared. What a collector put
    before is `before`. Nothing is returned of a line that no declared format fits whole.
    """
    text = None if name is None or name in FORMATS else unquoted(name)
    declared = [one for one in DECLARED if one.text == text]
    if name is not None and text is not None and not declared:
        return layout(name).named(line) or []
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
