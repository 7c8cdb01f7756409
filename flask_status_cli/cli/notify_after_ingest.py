"""Queues messages after an ingest, and starts a separate process that sends them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flask_status_cli.cli.options import clock, option, text_of
from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    import subprocess

    from flask_status_cli.model.database_url import Database
    from flask_status_cli.model.settings import Settings
    from flask_status_cli.pipeline.notifications import NotifyOptions

PATIENCE = 15.0
"""How many seconds a finished ingest waits for the sender. This is longer than the time limit of a channel.
"""

SENDER = """
import sys
sys.path.append(sys.argv.pop(1))
from flask_status_cli.cli import run
sys.exit(run(sys.argv[1:]))
"""


class Notifier:
    """Sends messages about the incidents of a database. Problems are printed, never raised.

    The sender runs in a session of its own. So killing the ingest cannot interrupt it between sending a
    message and recording that it was sent.
    """

    def __init__(self, path: Database, known: Settings, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self._path = path
        self._known = known
        self._sender: subprocess.Popen[bytes] | None = None

    def queue_and_send(self) -> None:
        """Queue the messages that are due, start the sender, and print earlier failures."""
        if not self._known.notify.wanted:
            return
        from flask_status_cli.pipeline.notifications import NotifyOptions, queue_notices

        try:
            options = NotifyOptions.of(self._path, self._known)
            outlook = queue_notices(options, clock=clock)
            if outlook.waiting and (self._sender is None or self._sender.poll() is not None):
                self._sender = _start(self._path)
            for line in failed(options) if outlook.failures else ():
                self.tell(line)
        except (FlaskStatusError, OSError) as error:
            self.tell(f"messages about incidents failed: {error}")

    def after_one(self, *, dry_run: bool) -> None:
        """Do this after a single ingest, unless it was a dry run."""
        if not dry_run:
            self.queue_and_send()
            self.finish()

    def finish(self) -> None:
        """Wait for the sender for a while, and print what failed. The sender may go on after that."""
        if self._sender is None:
            return
        import subprocess

        from flask_status_cli.pipeline.notifications import NotifyOptions

        try:
            self._sender.wait(PATIENCE)
            for line in failed(NotifyOptions.of(self._path, self._known)):
                self.tell(line)
        except subprocess.TimeoutExpired:
            pass
        except FlaskStatusError as error:
            self.tell(f"messages about incidents failed: {error}")


def failed(options: NotifyOptions) -> list[str]:
    """Return a line for each message that failed for the first time, or for the last."""
    from flask_status_cli.pipeline.notifications import failures

    lines = []
    for name, each in failures(options):
        then = f"next attempt at {each.next_at:%H:%M} UTC" if each.next_at else "given up"
        lines.append(f"{printable(name)}: {printable(each.problem, 500)}; {then}")
    return lines


def _start(path: Database) -> subprocess.Popen[bytes]:
    """Start the sender, apart from our session, and from what we were given to read and write.

    It is told of the database by its environment: others may read the words of a command, and a URL may
    hold a password.
    """
    import subprocess

    root = Path(__file__).parents[2]
    config = option("config")
    words = [*(["--config", config] if config is not None else [])]
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-c", SENDER, str(root), *words, "notify", "send", "-q"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "FLASK_STATUS_DB": text_of(path)},
    )
