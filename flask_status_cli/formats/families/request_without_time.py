"""A request whose line does not tell when it was: what stands before the line, or around it, may."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeless:
    """An entry without its minute; the rest is as `LogEntry` has it. `before` is what stands before it."""

    method: str | None
    target: str | None
    status: int
    duration: int | None = None
    host: str | None = None
    before: bytes = b""
