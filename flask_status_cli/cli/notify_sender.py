"""Makes the notifier of an ingest. Its sender process runs `flask-status notify send`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flask_status_cli.cli.options import clock, group_option, text_of
from flask_status_cli.pipeline.notifications.after_ingest import Notifier, SenderCommand

if TYPE_CHECKING:
    from flask_status_cli.model.database_url import Database
    from flask_status_cli.model.settings import Settings

SENDER = """
import sys
sys.path.append(sys.argv.pop(1))
from flask_status_cli.cli import run
sys.exit(run(sys.argv[1:]))
"""
"""The program of the sender. Its first argument is the directory of this package."""


def notifier(database: Database, known: Settings, tell: Callable[[str], None]) -> Notifier:
    """Return the notifier for a database. It passes its lines to `tell`."""
    return Notifier(database, known, tell, sender=_sender(database), clock=clock)


def _sender(database: Database) -> SenderCommand:
    """Return the command that starts the sender.

    The database is passed in the environment, because other users can read the arguments of a command, and a
    URL may contain a password.
    """
    root = Path(__file__).parents[2]
    config = group_option("config")
    words = ["--config", config] if config is not None else []
    command = [sys.executable, "-P", "-c", SENDER, str(root), *words, "notify", "send", "-q"]
    return SenderCommand(command, {"FLASK_STATUS_DB": text_of(database)})
