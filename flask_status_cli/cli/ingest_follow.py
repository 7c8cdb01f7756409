"""Runs `ingest --follow`: checks its options, prints its progress, and ends it at a signal."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Self

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import clock
from flask_status_cli.cli.screen.follow_line import LiveLine
from flask_status_cli.cli.screen.progress_bar import progress_bar
from flask_status_cli.garbage import collect_as_usual
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from flask_status_cli.model import FollowStatus, IngestResult
    from flask_status_cli.pipeline.ingest.options import IngestOptions
    from flask_status_cli.pipeline.notifications.after_ingest import Notifier

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that end `--follow`, after it has stored all counts."""

REFUSED = {
    "as_json": "--json prints the result of one run, and --follow does not end",
    "dry_run": "--dry-run stores nothing, so --follow could not continue",
}
"""The reason for each option that cannot be combined with `--follow`, by click's name of the option."""


def check(logs: tuple[str, ...], options: Mapping[str, object]) -> None:
    """Raise `UsageError` if the logs or options cannot be used with `--follow`."""
    for name, reason in REFUSED.items():
        if options.get(name):
            raise click.UsageError(f"leave out --follow: {reason}")
    for log in logs:
        if log == "-" or _is_pipe(log):
            what = "standard input" if log == "-" else printable(log)
            raise click.UsageError(f"{what} cannot be followed: leave out --follow, or name a file")


def _is_pipe(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a str path
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def follow(choices: IngestOptions, *, quiet: bool, notifier: Notifier) -> int:
    """Follow the logs until a signal comes. A second Ctrl-C ends the command at once."""
    with end_signal() as ended, _FollowOutput(choices, notifier, quiet=quiet) as output:
        from flask_status_cli.pipeline.follow.loop import Watch
        from flask_status_cli.pipeline.follow.loop import follow as read

        status = read(choices, clock=clock, watch=Watch(ended), stopped=ended, audience=output)
    notifier.finish()
    if not quiet:
        from flask_status_cli.render.commands.ingest import followed

        click.echo(followed(status.entries), err=True)
    return ExitStatus.DONE


@contextmanager
def end_signal() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether a signal to end came. A second SIGINT raises `KeyboardInterrupt`.

    Signals that are ignored already, as with `nohup`, stay ignored.
    """
    collect_as_usual()
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if came and number == signal.SIGINT:
            raise KeyboardInterrupt
        came.append(number)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _FollowOutput:
    """Prints the progress of `follow` on stderr.

    On a terminal, it shows a progress bar during the first run, and a live line after it.
    """

    def __init__(self, choices: IngestOptions, notifier: Notifier, *, quiet: bool) -> None:
        self._choices = choices
        self._notifier = notifier
        notifier.tell = self.tell
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._live = LiveLine()
        self._bar = ExitStack()

    def __enter__(self) -> Self:
        self.progress = self._bar.enter_context(progress_bar(wanted=not self._quiet))
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
        self._live.stop()

    def began(self, result: IngestResult) -> None:
        from flask_status_cli.render.commands.ingest import lines

        self._bar.close()
        if not self._quiet:
            for line in lines(result, dry_run=False, hints=self._terminal):
                click.echo(line, err=True)

    def stored(self) -> None:
        self._notifier.queue_and_send()

    def tell(self, line: str) -> None:
        self._bar.close()
        self._live.stop()
        click.echo(f"flask-status: {printable(line, 1000)}", err=True)

    def show(self, status: Callable[[], FollowStatus]) -> None:
        if self._terminal and not self._quiet:
            self._live.show(status)
