"""Splits a LogFormat string into literals and directives, as httpd's mod_log_config.c does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flask_status_cli.errors import OptionError
from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern

OPTION = "--format"


@frozen
class Directive:
    """One `%...` directive of a LogFormat string.

    - `written`: the text of the directive.
    - `original`: `<` for the original request, `>` for the final one, empty if neither is given.
    - `conditional`: whether the field is written for some statuses only.
    """

    written: str
    letter: str
    argument: str | None
    original: str
    conditional: bool


_ITEM = LazyPattern(
    r"%(?P<before>[!<>,\d]*)(?:\{(?P<argument>[^}]*)\})?(?P<behind>[!<>,\d]*)(?P<letter>\^[A-Za-z]{2}|[A-Za-z])"
    r"|(?P<percent>%%)|\\(?P<escaped>[\"\\nrt])|(?P<text>[^%\\]+|\\)|(?P<broken>%\S{0,40})",
    re.DOTALL,
)
ESCAPED = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


def parse(text: str) -> tuple[str | Directive, ...]:
    """Split a LogFormat string into literals and directives; raises `OptionError` if it is wrong."""
    _check(text)
    return joined(_items(text))


def joined(found: Iterable[str | Directive]) -> tuple[str | Directive, ...]:
    """Join neighboring literals; raises `OptionError` if the format has more than one line."""
    items: list[str | Directive] = []
    for item in found:
        if isinstance(item, str) and items and isinstance(items[-1], str):
            items[-1] += item
        else:
            items.append(item)
    if items and isinstance(items[-1], str):
        items[-1] = items[-1].rstrip("\r\n")
    if any(isinstance(item, str) and "\n" in item for item in items):
        hint = "a request must be one line"
        raise OptionError(OPTION, "the format has more than one line", hint)
    return tuple(item for item in items if item)


def _check(text: str) -> None:
    if any("\ud800" <= one <= "\udfff" for one in text):
        raise OptionError(OPTION, "the format is not UTF-8 text", "give it in UTF-8")
    if text.lstrip().lower().startswith(("logformat ", "customlog ")):
        raise OptionError(
            OPTION, "that is the whole line of the configuration", "give what is in its quotes"
        )


def _items(text: str) -> Iterator[str | Directive]:
    for match in _ITEM.finditer(text):
        if match["letter"]:
            modifiers = match["before"] + match["behind"]
            yield Directive(
                match[0],
                match["letter"],
                match["argument"],
                next((sign for sign in "<>" if sign in modifiers), ""),
                any(digit.isdigit() for digit in modifiers),
            )
        elif match["percent"]:
            yield "%"
        elif match["escaped"]:
            yield ESCAPED[match["escaped"]]
        elif match["broken"]:
            raise OptionError(
                OPTION, f"{match[0]!r} is not a directive of Apache", "a percent sign is written %%"
            )
        else:
            yield match["text"]
