"""What apache-log-parser calls the fields of a LogFormat: the only thing we ask it.

It is asked one directive at a time. Asked about a whole string it fails where a field occurs twice
(`%s %>s`) or an argument is no name (`%{%d/%b}t`), and passes over directives that came after it. Its own
patterns, time zones, request lines and user agents are never used.
"""

from __future__ import annotations

import re
import warnings

_NO_WORD = re.compile(r"\W")


def field_name(letter: str, argument: str | None) -> str | None:
    """Return the field of `%letter`, or of `%{argument}letter`; `None` where the package knows none.

    An argument is made a word before (`X.Y` → `X_Y`); one that the package does not expect is left out.
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
