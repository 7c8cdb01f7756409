"""The screen on which the output is shown: its width, its colors, and the characters that it can show."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import TextIO

from rich.console import Console
from rich.text import Text

from flask_status_cli.frozen import frozen
from flask_status_cli.render.escape import printable
from flask_status_cli.render.terminal.line_breaks import broken
from flask_status_cli.render.terminal.palettes import theme

PIPE_WIDTH = 120
"""The width for output that is not a terminal, unless COLUMNS gives another."""

LONGEST_SENTENCE = 1000


@frozen
class Screen:
    """A screen of `width` cells. With `ascii_only` it can show only ASCII.

    `height` is its number of lines, `None` if the output is not a terminal. With `color` it has colors: 256
    with `many_colors`, else 16.
    """

    width: int
    color: bool
    ascii_only: bool = False
    height: int | None = None
    many_colors: bool = False


def screen_of(stream: TextIO, environment: Mapping[str, str]) -> Screen:
    """Return the screen of a stream. `environment` has the variables of the process.

    The width is `COLUMNS`, else the width of the terminal, else 120. Colors are used only on a terminal, and
    not with `NO_COLOR` or `TERM=dumb`. `TERM` and `COLORTERM` say whether there are 256. A stream that is not
    in UTF-8 gets ASCII.
    """
    plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    encoding = (stream.encoding or "ascii").lower()
    return Screen(
        width=_width(stream, environment),
        color=stream.isatty() and not plain,
        ascii_only=not encoding.startswith(("utf-8", "utf8")),
        height=_height(stream),
        many_colors="256color" in environment.get("TERM", "") or bool(environment.get("COLORTERM")),
    )


def sentence(text: str, screen: Screen) -> str:
    """Return a warning as lines for a screen."""
    shown = printable(text, LONGEST_SENTENCE, ascii_only=screen.ascii_only)
    return printed([Text(shown, "warning")], screen)


def printed(lines: Iterable[Text], screen: Screen) -> str:
    """Return lines as text for a screen, each with a newline.

    On a screen with colors, styles are ANSI sequences.

    Lines that are too long are broken at blanks.
    """
    console = Console(
        file=StringIO(),
        width=screen.width,
        color_system=("256" if screen.many_colors else "standard") if screen.color else None,
        theme=theme(many_colors=screen.many_colors),
        force_terminal=screen.color,
        no_color=not screen.color,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        for line in lines:
            for part in broken(line, screen.width):
                console.print(part, end="\n", no_wrap=True, overflow="ignore", crop=False)
    return captured.get()


def _width(stream: TextIO, environment: Mapping[str, str]) -> int:
    given = environment.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and 0 < len(given) < 6 and int(given):
        return int(given)
    if not stream.isatty():
        return PIPE_WIDTH
    return os.get_terminal_size(stream.fileno()).columns or 80


def _height(stream: TextIO) -> int | None:
    return os.get_terminal_size(stream.fileno()).lines or 24 if stream.isatty() else None
