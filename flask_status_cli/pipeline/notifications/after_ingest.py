"""Queues messages after an ingest, and starts a separate process that sends them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.frozen import frozen

if TYPE_CHECKING:
    import subprocess

    from flask_status_cli.model.database_url import Database
    from flask_status_cli.model.settings import Settings
    from flask_status_cli.model.times import Clock

SENDER_TIMEOUT = 15.0
"""A finished ingest waits this many seconds for the sender. The time limit of a channel is shorter."""


@frozen
class SenderCommand:
    """The command that starts the sender, and the environment variables to add for it."""

    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Notifier:
    """Sends messages about the incidents of a database. It passes problems to `tell` and raises none.

    The sender is a process with a session of its own. So a kill of the ingest does not interrupt it between
    sending a message and recording that it was sent.
    """

    def __init__(
        self,
        database: Database,
        known: Settings,
        tell: Callable[[str], None],
        *,
        sender: SenderCommand,
        clock: Clock,
    ) -> None:
        self.tell = tell
        self._database = database
        self._known = known
        self._command = sender
        self._clock = clock
        self._sender: subprocess.Popen[bytes] | None = None

    def queue_and_send(self) -> None:
        """Queue the messages that are due, start the sender, and print earlier failures."""
        if not self._known.notify.wanted:
            return
        from flask_status_cli.pipeline.notifications.queue_and_send import (
            NotifyOptions,
            queue_notices,
        )

        try:
            options = NotifyOptions.of(self._database, self._known)
            outlook = queue_notices(options, clock=self._clock)
            if outlook.waiting and (self._sender is None or self._sender.poll() is not None):
                self._sender = _start(self._command)
            if outlook.failures:
                self._tell_failures()
        except (FlaskStatusError, OSError) as error:
            self.tell(f"messages about incidents failed: {error}")

    def after_one(self, *, dry_run: bool) -> None:
        """Queue and send messages after a single ingest, unless it was a dry run. Wait for the sender."""
        if not dry_run:
            self.queue_and_send()
            self.finish()

    def finish(self) -> None:
        """Wait for the sender, at most `SENDER_TIMEOUT` seconds, and print failures. It may go on then."""
        if self._sender is None:
            return
        import subprocess

        try:
            self._sender.wait(SENDER_TIMEOUT)
            self._tell_failures()
        except subprocess.TimeoutExpired:
            pass
        except FlaskStatusError as error:
            self.tell(f"messages about incidents failed: {error}")

    def _tell_failures(self) -> None:
        from flask_status_cli.pipeline.notifications.queue_and_send import NotifyOptions, failures
        from flask_status_cli.render.commands.notifications import failure_lines

        for line in failure_lines(failures(NotifyOptions.of(self._database, self._known))):
            self.tell(line)


def _start(command: SenderCommand) -> subprocess.Popen[bytes]:
    """Start the sender in a new session, without our standard streams."""
    import subprocess

    return subprocess.Popen(  # noqa: S603 - our own program
        list(command.words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **command.environment},
    )
