"""Runs `report --watch`: draws the table, and draws it again each minute and when the database changes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.ingest_follow import end_signal
from flask_status_cli.cli.options import clock
from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.model.database_url import Database

if TYPE_CHECKING:
    from flask_status_cli.model import StatusSummary
    from flask_status_cli.render.text.words import Words

EVERY = 1.0
"""The number of seconds between two checks whether the database has changed."""

QUIT = (b"q", b"Q", b"")
"""The keys that end the command. The empty key means that the terminal was closed."""

LINE, PAGE, ALL = 1, 20, 1_000_000

STEPS: Mapping[bytes, int] = {
    **dict.fromkeys((b"j", b"\x1b[B", b"\x1bOB"), LINE),
    **dict.fromkeys((b"k", b"\x1b[A", b"\x1bOA"), -LINE),
    **dict.fromkeys((b" ", b"\x1b[6~"), PAGE),
    **dict.fromkeys((b"b", b"\x1b[5~"), -PAGE),
    **dict.fromkeys((b"G", b"\x1b[F", b"\x1bOF", b"\x1b[4~"), ALL),
    **dict.fromkeys((b"g", b"\x1b[H", b"\x1bOH", b"\x1b[1~"), -ALL),
}
"""The number of lines by which each key scrolls, by the bytes that terminals send."""


def watch(
    summarize: Callable[[], StatusSummary], database: Database, *, words: Words, fitted: bool
) -> int:
    """Show the summary until q or Ctrl-C is pressed.

    With `fitted`, only as many rows are shown as fit on the screen. Raises `UsageError` if there is no
    terminal, and the errors of the first call of `summarize`. Later errors are shown above the table.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise click.UsageError("--watch needs a terminal; leave it out to print the table once")
    from flask_status_cli.cli.screen.full_screen import FullScreen

    view = ScreenView(summarize, database, words=words, fitted=fitted)
    with end_signal() as ended, FullScreen() as screen:
        while not ended():
            screen.draw(view.lines(*screen.size))
            keys = screen.keys(EVERY)
            if any(key in QUIT for key in keys):
                break
            view.top += sum(STEPS.get(key, 0) for key in keys)
            view.read_if_due()
    return ExitStatus.DONE


class ScreenView:
    """The contents of the screen: the last summary without an error, from its line `top` on."""

    def __init__(
        self,
        summarize: Callable[[], StatusSummary],
        database: Database,
        *,
        words: Words,
        fitted: bool,
    ) -> None:
        from flask_status_cli.render import terminal

        unsized = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        self._screen = terminal.screen_of(sys.stdout, unsized)
        self._summarize = summarize
        self._database = database
        self._words = words.ascii() if self._screen.ascii_only else words
        self._fitted = fitted
        self._seen = self._now()
        self._summary = summarize()
        self._problem = ""
        self._text: tuple[tuple[int, int], Sequence[str]] | None = None
        self.top = 0

    def read(self) -> None:
        """Make the summary again."""
        self._seen = self._now()
        self._summary = self._summarize()
        self._problem, self._text = "", None

    def read_if_due(self) -> None:
        """Make the summary again if the database has changed, or if a new minute has begun."""
        if self._now() != self._seen:
            try:
                self.read()
            except FlaskStatusError as error:
                self._problem, self._text = str(error), None

    def lines(self, width: int, height: int) -> Sequence[str]:
        """Return the lines for a screen of this size: a part of the report, and the status line below it."""
        room = max(0, height - 1)
        if self._text is None or self._text[0] != (width, room):
            self._text = (width, room), self._render(width, room)
        text = self._text[1]
        self.top = max(0, min(self.top, len(text) - room))
        shown = text[self.top : self.top + room]
        filled = [*shown, *[""] * (room - len(shown))]
        return [*filled, self._foot(above=self.top, below=len(text) - self.top - len(shown))]

    def _now(self) -> object:
        from flask_status_cli.pipeline.report import state_of

        return state_of(self._database), clock().replace(second=0, microsecond=0)

    def _render(self, width: int, height: int) -> Sequence[str]:
        """Return the lines of the report. If the last update failed, the error is above an older report."""
        from dataclasses import replace

        from flask_status_cli.render import terminal

        summary, problem = self._summary, ""
        if self._problem:
            summary = replace(summary, given=True)
            problem = terminal.sentence(self._problem, replace(self._screen, width=width))
        text = terminal.render(
            summary,
            width=width,
            color=self._screen.color,
            ascii_only=self._screen.ascii_only,
            many_colors=self._screen.many_colors,
            height=height - problem.count("\n") if self._fitted else None,
            words=self._words,
        )
        return (problem + text).splitlines()

    def _foot(self, *, above: int, below: int) -> str:
        local = self._summary.generated_at.astimezone(self._summary.zone)
        parts = [self._words.say("watch.foot", time=f"{local:%H:%M:%S}")]
        if above or below:
            parts.append(self._words.say("watch.more", above=str(above), below=str(below)))
        return "   ".join(parts)
