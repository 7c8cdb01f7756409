"""The names of fields in apache-log-parser, which is used for nothing else.

It is asked about one directive at a time. With a whole string it fails if a field occurs twice (`%s %>s`) or
an argument is not a name (`%{%d/%b}t`), and it ignores later directives. Its patterns, time zones, request
lines and user agents are never used.
"""

from __future__ import annotations

import re
import warnings

_NO_WORD = re.compile(r"\W")


def field_name(letter: str, argument: str | None) -> str | None:
    """Return the field of `%letter`, or of `%{argument}letter`; `None` if the package knows none.

    An argument is first made a word (`X.Y` → `X_Y`). An argument that the package does not expect is left
    out.
    """
    with (
        warnings.catch_warnings()
    ):  # its patterns are no raw strings: -W error would stop the import
        warnings.simplefilter("ignore")
        from apache_log_parser import Parser  # type: ignore[import-untyped]  # it has no types

        names: tuple[str, ...] = ()
        if argument:
            names = Parser(f"%{{{_NO_WORD.sub('_', argument)}}}{letter}").names
        return next(iter(names or Parser(f"%{letter}").names), None)
