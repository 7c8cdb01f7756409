"""An access log that an nginx configuration names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NginxLog:
    """A log, where the configuration names it, and its format as `--format` takes it.

    `path` is a pattern if variables are part of it. `format` is `None`, and `problem` says why, if the log
    cannot be read. `conditional` says that nginx logs only some requests there.
    """

    path: str
    format: str | None
    where: str
    problem: str | None = None
    conditional: bool = False
