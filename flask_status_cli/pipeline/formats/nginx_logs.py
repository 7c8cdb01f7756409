"""Finds the access logs in an nginx configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

from flask_status_cli.errors import ConfigError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import NginxLog


@frozen
class NginxLogs:
    """The access logs in an nginx configuration. `nginx_logs` makes it.

    - `found`: all logs.
    - `paths`: the logs that exist and can be read.
    - `formats`: the formats of each path.
    - `notices`: a line for each log that is not read.
    - `missing`: a line about included files that cannot be read.
    """

    found: tuple[NginxLog, ...]
    paths: tuple[str, ...]
    formats: tuple[tuple[str, tuple[str, ...]], ...]
    notices: tuple[str, ...]
    missing: tuple[str, ...] = ()


def nginx_logs(conf: str) -> NginxLogs:
    """Read the file `conf` and the files that it includes. Raises `ConfigError`."""
    from flask_status_cli.formats.logformat.nginx_configuration import (
        access_logs,
        is_stream,
        missing_includes,
        templates,
    )

    found = access_logs(conf)
    formats: dict[str, list[str]] = {}
    for log in found:
        if log.format is not None:
            formats.setdefault(log.path, []).append(log.format)
    paths = tuple(path for path in formats if not is_stream(path) and _exists(path))
    return NginxLogs(
        found,
        paths,
        tuple((path, tuple(dict.fromkeys(names))) for path, names in formats.items()),
        tuple(dict.fromkeys(_notices(found, paths))),
        (*_missing(conf, missing_includes(conf)), *map(_template, templates(conf))),
    )


def _template(place: str) -> str:
    return f"{place}: a template, and what is filled in is not known: give what nginx -T prints"


def _missing(conf: str, files: Sequence[str]) -> Iterator[str]:
    if files:
        more = f" and {len(files) - 1} others" if len(files) > 1 else ""
        yield f"{conf}: {files[0]}{more} cannot be read here: logs and formats in it are not known"


def _exists(path: str) -> bool:
    """Return whether a log exists at this path, or matches it if it is a glob."""
    if has_magic(path):
        return bool(glob(path))  # noqa: PTH207 - a pattern of nginx's, which may be absolute
    try:
        return Path(path).exists()
    except OSError:
        return True  # reading it says why that is impossible


def readable(conf: str, logs: NginxLogs) -> tuple[str, ...]:
    """Return the paths of the logs that exist. Raises `ConfigError` if there are none."""
    if not logs.paths:
        named = ", ".join(dict.fromkeys(log.path for log in logs.found))
        raise ConfigError(
            conf, f"none of its access logs can be read directly: {named}", "name the log"
        )
    return logs.paths


def _notices(found: Sequence[NginxLog], paths: Sequence[str]) -> Iterator[str]:
    """Yield a line for each log that is not read, and for each log with only some of the requests.

    If many servers have the same target, it is told once.
    """
    not_read = Counter((log.path, log.problem) for log in found if log.format is None)
    for log in found:
        if log.problem is not None and log.format is not None:
            yield log.problem
        elif log.problem is not None:
            times = not_read.pop((log.path, log.problem), 0)
            if times:
                more = f" and {times - 1} other places" if times > 1 else ""
                yield f"{log.where}{more}: {log.path} is not read: {log.problem}"
        elif log.path not in paths:
            yield f"{log.where}: {log.path} does not exist"
        if log.conditional and log.format is not None:
            yield f"{log.where}: nginx writes only some of the requests to {log.path} (if=)"
