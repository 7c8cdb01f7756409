"""Looks up the names of fields in apache-log-parser, which is used for nothing else.

Each directive is looked up by itself. With a whole string, the package fails if a field occurs twice (`%s
%>s`) or an argument is not a name (`%{%d/%b}t`), and it ignores the directives that follow. Its patterns,
time zones, request lines and user agents are never used.
"""

from __future__ import annotations

import re
import warnings

_NO_WORD = re.compile(r"\W")


def field_name(letter: str, argument: str | None) -> str | None:
    """Return the name of the field of `%letter` or `%{argument}letter`; `None` if the package has no name.

    An argument is first made a word (`X.Y` → `X_Y`). An argument that the package does not expect is left
    out.
    """
    with (
        warnings.catch_warnings()
    ):  # the package's patterns are not raw strings, which -W error forbids
        warnings.simplefilter("ignore")
        from apache_log_parser import Parser  # type: ignore[import-untyped]  # it has no types

        names: tuple[str, ...] = ()
        if argument:
            names = Parser(f"%{{{_NO_WORD.sub('_', argument)}}}{letter}").names
        return next(iter(names or Parser(f"%{letter}").names), None)
