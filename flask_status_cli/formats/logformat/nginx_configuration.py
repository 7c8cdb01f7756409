"""Reads the access logs and their formats from an nginx configuration.

Included files are read, too. `missing_includes` returns those that cannot be read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask_status_cli.errors import ConfigError, OptionError, install_extra
from flask_status_cli.formats.logformat.nginx_log_format import is_own_time, is_own_uri
from flask_status_cli.formats.logformat.nginx_sources import (
    PRINTED,
    files_of,
    is_filled_in,
    template_line,
)
from flask_status_cli.frozen import frozen
from flask_status_cli.model import NginxLog

_DEFAULT = "/var/log/nginx/access.log"
"""The log of an nginx without any `access_log`, as distributions build nginx."""

_GIVE_ALL = "give the nginx.conf that nginx reads"
_LET_LOG = "let nginx log the requests: access_log /var/log/nginx/access.log;"

_IS_TEMPLATE = "it is a template, which nginx does not read"

_PREFIXES = ("/usr/share/nginx", "/usr/local/nginx", "/etc/nginx")
_VARIABLE = re.compile(r"\$\{?\w+\}?")
_NOT_FILES: Mapping[str, str] = {
    "syslog:": "nginx sends it to syslog; read the log that syslog writes",
    "memory:": "nginx keeps it in its memory",
    "pipe:": "nginx sends it to another program; read the log that this program writes",
    "|": "nginx sends it to another program; read the log that this program writes",
    "/dev/null": "nothing of it is kept",
}
_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
_NO_LOGS = re.compile(r"mime\.types|koi-\w+|win-utf|.*_params|.*\.types")
"""The names of files that nginx includes for other purposes than logs."""
_INSTALL = install_extra("nginx")

# The part of a request in each variable, for formats that write JSON.
_PARTS: Mapping[str, str] = {
    "status": "status",
    "time_iso8601": "time",
    "time_local": "time",
    "msec": "time",
    "request": "request",
    "request_method": "method",
    "request_uri": "target",
    "uri": "target",
    "document_uri": "target",
    "args": "query",
    "query_string": "query",
    "request_time": "duration_s",
    "host": "host",
    "http_host": "host",
}
_JSON_PAIR = re.compile(r'"([^"\\,=]{1,80})"\s*:\s*"?\$\{?(\w+)\}?"?\s*(?=[,}])')


@frozen
class _Statement:
    name: str
    arguments: tuple[str, ...]
    block: tuple[_Statement, ...] | None
    where: str


def access_logs(path: str) -> tuple[NginxLog, ...]:
    """Return the access logs of a configuration and the files that it includes; raises `ConfigError`."""
    top = _parsed(path).statements
    http = [one for one in top if one.name == "http"]
    inside = tuple(each for one in http for each in one.block or ()) if http else top
    formats = {
        one.arguments[0]: one for one in _all(top) if one.name == "log_format" and one.arguments
    }
    found = [_log(one, formats, path) for one in _all(inside) if one.name == "access_log"]
    if http and _logs_by_default(inside):
        found.append(NginxLog(_DEFAULT, "combined", f"{path}: no access_log in http"))
    logs = tuple(dict.fromkeys(one for one in found if one is not None))
    if not logs:
        raise _without_logs(path, inside, whole=bool(http))
    return logs


def _without_logs(path: str, inside: Sequence[_Statement], *, whole: bool) -> ConfigError:
    """Return the error for a configuration without logs. `whole`: it has a block `http`."""
    found = _parsed(path)
    if found.templates:
        return ConfigError(found.templates[0], _IS_TEMPLATE, PRINTED)
    logs = [one for one in _all(inside) if one.name == "access_log"]
    what = "it has no access_log" if not logs else "access_log is off in it"
    if found.unmatched:
        first = found.unmatched[0]
        return ConfigError(
            path,
            f"{what}, and no file matches its include {first}",
            f"{_GIVE_ALL}, with these files, or what nginx -T prints",
        )
    if not logs or not whole:
        return ConfigError(path, what, _GIVE_ALL)
    return ConfigError(
        path, "access_log is off everywhere, so nginx writes no access log", _LET_LOG
    )


def missing_includes(path: str) -> tuple[str, ...]:
    """Return the files that a configuration includes but that cannot be read; raises `ConfigError`."""
    return _parsed(path).missing


def templates(path: str) -> tuple[str, ...]:
    """Return the templates in a configuration, each as `file:line`; raises `ConfigError`."""
    return _parsed(path).templates


@frozen
class _Configuration:
    """A parsed configuration.

    It has the names of missing files, of templates, and of included patterns that no file matches.
    """

    statements: tuple[_Statement, ...]
    missing: tuple[str, ...]
    templates: tuple[str, ...]
    unmatched: tuple[str, ...]


@cache
def _parsed(path: str) -> _Configuration:
    try:
        from crossplane import parse  # type: ignore[import-untyped]  # it has no types
    except ImportError:
        raise ConfigError(path, "crossplane, which reads it, is not installed", _INSTALL) from None
    try:
        with files_of(path) as (file, root):
            return _configuration(parse(file, check_ctx=False, check_args=False), root)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(
            path, f"it cannot be read: {reason}", "name nginx's configuration"
        ) from None
    except RecursionError:
        raise ConfigError(path, "it includes itself", "run nginx -t") from None


def _configuration(found: Mapping[str, Any], root: str) -> _Configuration:
    """Return the statements of parsed files, with paths from which the beginning `root` is removed."""
    files = found["config"]
    filled_in = {
        one["file"]: f"{one['file'].removeprefix(root)}:{line}"
        for one in files
        if (line := template_line(one["file"])) is not None
    }
    missing = []
    for wrong in found["errors"]:
        gone = _MISSING.search(wrong["error"])
        if gone is None or (wrong["file"] == files[0]["file"] and wrong["line"] is None):
            raise _unreadable(wrong, filled_in.get(wrong["file"]), root)
        name = gone[1].removeprefix(root)
        missing += [] if _NO_LOGS.fullmatch(Path(name).name) else [name]
    statements = tuple(_statements(files[0]["parsed"], files[0]["file"], files, root))
    return _Configuration(
        statements,
        tuple(dict.fromkeys(missing)),
        tuple(filled_in.values()),
        tuple(_unmatched(files, root)),
    )


def _unmatched(files: Sequence[Mapping[str, Any]], root: str) -> Iterator[str]:
    """Yield the patterns that files include but that no file matches."""

    def of(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        for one in found:
            if one["directive"] != "stream":
                yield from of(one.get("block", ()))
            if one["directive"] == "include" and one["args"] and not one.get("includes"):
                pattern = one["args"][0].removeprefix(root)
                if any(sign in pattern for sign in "*?["):
                    yield pattern

    for file in files:
        yield from of(file["parsed"])


def _unreadable(wrong: Mapping[str, Any], filled_in: str | None, root: str) -> ConfigError:
    if filled_in is not None:
        return ConfigError(filled_in, _IS_TEMPLATE, PRINTED)
    file = wrong["file"].removeprefix(root)
    if not wrong["line"] and not _MISSING.search(wrong["error"]):
        return ConfigError(
            file, "it is not an nginx configuration", "name the one that nginx reads"
        )
    where = f"{file}:{wrong['line']}" if wrong["line"] else file
    return ConfigError(where, _message(wrong["error"]), "run nginx -t, or run this as root")


_MISSING = re.compile(r"\[Errno (?:2|13|20|21)\] [^:]*: '(.*)'$")
"""The error for a file that does not exist, may not be read, or is a directory."""


def _message(text: str) -> str:
    return re.sub(r" in \S+:\d+$|: '[^']*'$", "", text.partition("] ")[2] or text)


def _statements(
    found: Sequence[Mapping[str, Any]], path: str, files: Sequence[Mapping[str, Any]], root: str
) -> Iterator[_Statement]:
    """Yield the statements of a file. Those of an included file come in place of its `include`."""
    for one in found:
        for place in one.get("includes", ()):
            yield from _statements(files[place]["parsed"], files[place]["file"], files, root)
        block = tuple(_statements(one["block"], path, files, root)) if "block" in one else None
        yield _Statement(
            one["directive"], tuple(one["args"]), block, f"{path.removeprefix(root)}:{one['line']}"
        )


def _logs_by_default(inside: Sequence[_Statement]) -> bool:
    """Return whether a server in `http` writes the default log, because no `access_log` applies to it."""
    if any(one.name == "access_log" for one in inside):
        return False
    servers = [one.block for one in inside if one.name == "server" and one.block is not None]
    return not servers or any(all(one.name != "access_log" for one in server) for server in servers)


def _all(statements: Sequence[_Statement]) -> Iterator[_Statement]:
    """Yield all statements, including those in blocks. A `stream` block is left out: it has no HTTP."""
    for one in statements:
        yield one
        if one.block and one.name != "stream":
            yield from _all(one.block)


def _log(one: _Statement, formats: Mapping[str, _Statement], conf: str) -> NginxLog | None:
    if not one.arguments or one.arguments[0] == "off":
        return None
    target, *options = one.arguments
    if one.block is not None or any(map(is_filled_in, one.arguments)):
        return NginxLog(target, None, one.where, f"a template fills in its path: {PRINTED}")
    names = [option for option in options if "=" not in option and option != "buffer"]
    name = names[0] if names else "combined"
    conditional = any(option.startswith("if=") for option in options)
    nowhere = next((what for begin, what in _NOT_FILES.items() if target.startswith(begin)), None)
    if nowhere is not None:
        return NginxLog(target, None, one.where, nowhere, conditional=conditional)
    format_, problem = _format(name, formats)
    path = _path(target, conf)
    if format_ is not None and is_stream(path):
        problem = f"nginx writes {path} where it runs: docker logs, or journalctl -u nginx -o cat, shows it"
    return NginxLog(path, format_, one.where, problem, conditional=conditional)


def is_stream(path: str) -> bool:
    """Return whether a path, or what it links to, is the output of a process."""
    try:
        to = os.readlink(path)  # noqa: PTH115 - a str path
    except OSError:  # no link, or nobody may look
        to = path
    return to.startswith(_STREAMS)


def _path(target: str, conf: str) -> str:
    """Return the path of a log. If it has variables, it becomes a pattern."""
    target = _VARIABLE.sub("*", target)
    if os.path.isabs(target):  # noqa: PTH117 - a str path, as it is written
        return target
    own = Path(conf).absolute().parent
    own = own.parent if own.name == "conf" else own  # an nginx that was built from source
    candidates = [Path(folder, target) for folder in (*_PREFIXES, own)]
    there = filter(os.path.exists, candidates)  # unlike `Path.exists`, it never raises
    return str(next(there, candidates[-1]))


def _format(name: str, formats: Mapping[str, _Statement]) -> tuple[str | None, str | None]:
    """Return the value of `--format` for a log_format with this name, and the reason if it cannot be read."""
    if name == "combined":
        return name, None
    if name not in formats:
        return (
            None,
            f"log_format {name} is not in the configuration: give the nginx.conf that nginx reads",
        )
    escape, *strings = formats[name].arguments[1:] or ("",)
    if not escape.startswith("escape="):
        escape, strings = "", [escape, *strings]
    text = "".join(strings)
    if "\n" in text.strip():
        return None, f"log_format {name}: a record is several lines; write it as one line"
    described = _json_map(text) if escape == "escape=json" else None
    described = described or _statement(name, escape, text)
    from flask_status_cli.formats.registry import lookup

    try:
        lookup(described)
    except OptionError as error:
        by_keys = _json_map(text) if escape != "escape=none" else None
        return by_keys, None if by_keys else f"log_format {name}: {error.what}; {error.hint}"
    return described, None


def _statement(name: str, escape: str, text: str) -> str:
    quoted = text.replace("'", r"\'")
    return f"log_format {name} {escape} '{quoted}';" if escape else text


def _json_map(text: str) -> str | None:
    """Return the JSON map for a format that writes one JSON object.

    Return `None` if it writes no object, or one that contains others.
    """
    stripped = text.strip()
    if not stripped.startswith("{") or "{" in _VARIABLE.sub("", stripped[1:]):
        return None
    given: dict[str, str] = {}
    for key, variable in _JSON_PAIR.findall(stripped):
        part = "target" if is_own_uri(variable) else _PARTS.get(variable)
        part = "time" if is_own_time(variable) else part
        if part is not None:
            given.setdefault(part, key)
    if not {"status", "time"} <= given.keys() or not {"request", "target"} & given.keys():
        return None
    if "request" in given:
        given = {
            part: key for part, key in given.items() if part not in ("method", "target", "query")
        }
    return "json:" + ",".join(f"{part}={key}" for part, key in given.items())
