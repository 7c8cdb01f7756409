"""A kind of log that is not supported, as messages name it."""

from __future__ import annotations

from flask_status_cli.frozen import frozen


@frozen
class UnsupportedLog:
    """A kind of log that is not supported, and what to do about it."""

    what: str
    hint: str
