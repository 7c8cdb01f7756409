"""A request whose line has no time. The text before or around the line may have it."""

from __future__ import annotations

from flask_status_cli.frozen import frozen


@frozen
class EntryWithoutTime:
    """An entry without its minute. `before` is the text before it. Other fields are those of `LogEntry`."""

    method: str | None
    target: str | None
    status: int
    duration: int | None = None
    host: str | None = None
    before: bytes = b""
