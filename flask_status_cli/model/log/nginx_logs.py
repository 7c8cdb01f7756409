"""An access log that an nginx configuration names."""

from __future__ import annotations

from flask_status_cli.frozen import frozen


@frozen
class NginxLog:
    """An access log that an nginx configuration names.

    - `path`: a pattern if the configuration has variables in it.
    - `format`: a value for `--format`; `None` if the log cannot be read.
    - `where`: the place in the configuration.
    - `problem`: why the log cannot be read.
    - `conditional`: nginx logs only some requests there.
    """

    path: str
    format: str | None
    where: str
    problem: str | None = None
    conditional: bool = False
