"""Compiles an nginx log_format string to a layout, with help of the compiler for LogFormat strings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.logformat.compiler import STATUS, layout_of
from flask_status_cli.formats.logformat.directives import ESCAPED, OPTION, Directive, joined
from flask_status_cli.formats.logformat.layout import Layout
from flask_status_cli.formats.logformat.line_pattern import (
    FIXED,
    LOOSE,
    NUMBER,
    STRING,
    Atom,
    Field,
)
from flask_status_cli.formats.logformat.strftime import (
    VARIABLES,
    TimeReader,
    pattern_of,
    without_group_names,
)
from flask_status_cli.formats.reason_phrases import OPTIONAL, VARIABLE

# Variables that nginx itself writes or has checked, so that they have no blanks. Others may have any text.
_SHAPES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            *(
                "body_bytes_sent",
                "bytes_sent",
                "connection",
                "connection_requests",
                "content_length",
            ),
            *("connection_time", "gzip_ratio", "remote_port", "request_length", "request_time"),
            *("pid", "server_port", "proxy_protocol_port", "proxy_protocol_server_port"),
            *("tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd", "tcpinfo_rcv_space"),
        ),
        NUMBER,
    )
    | dict.fromkeys(
        (
            *("host", "hostname", "https", "limit_rate", "nginx_version", "pipe", "remote_addr"),
            *("realip_remote_addr", "request_id", "request_method", "scheme", "server_addr"),
            *("server_name", "server_protocol", "ssl_cipher", "ssl_protocol", "binary_remote_addr"),
            *(
                "upstream_cache_status",
                "request_completion",
                "ssl_session_reused",
                "http2",
                "http3",
            ),
            *("ssl_curve", "ssl_early_data", "proxy_protocol_addr", "proxy_protocol_server_addr"),
        ),
        STRING,
    )
)
# Our names for fields that have other names in nginx.
_OURS: Mapping[str, str] = MappingProxyType(
    {
        "remote_addr": "remote_host",
        "remote_user": "user",
        "body_bytes_sent": "size",
        "bytes_sent": "size",
        "http_referer": "referer",
        "http_user_agent": "user_agent",
        "http_x_forwarded_for": "forwarded_for",
        "host": "vhost",
        "server_name": "vhost",
        "request_method": "method",
        "document_uri": "uri",
        "query_string": "args",
    }
)
_SAME: Mapping[str, str] = MappingProxyType({"document_uri": "uri", "query_string": "args"})

_NGINX = re.compile(r"\s*log_format\s|(?!.*%[<>!,\d]*[{A-Za-z]).*\$\{?[A-Za-z_]", re.DOTALL)
_STATEMENT = re.compile(
    r"\s*log_format\s+[^\s;'\"]+\s+(?:escape=(?P<escape>\w+)\s+)?(?P<strings>.+)", re.DOTALL
)
_STRING = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"|([^\s;'\"]+))", re.DOTALL)
_BRACED = re.compile(r"\$\{(\w+)\}")
_ITEM = re.compile(
    r"\$(?:\{(?P<braced>\w+)\}|(?P<bare>\w+))|\\(?P<escaped>[\"'\\nrt])|(?P<text>[^$\\]+|\\)|(?P<broken>\$\S{0,40})",
    re.ASCII,
)


def is_nginx(text: str) -> bool:
    """Return whether a format string is nginx's: it has variables of nginx, and no directive of Apache."""
    return _NGINX.match(text) is not None


def compile_log_format(text: str) -> Layout:
    """Compile a log_format string, or a whole `log_format` statement.

    Raises `OptionError` if a field is missing or a line is ambiguous.
    """
    items = joined(_items(_string(text)))
    variables = [item for item in items if isinstance(item, Directive)]
    roles = _roles(items)
    _check_complete({one.letter for one in variables}, roles)
    wholes = [
        item if isinstance(item, str) else _field(item, roles.get(id(item), "")) for item in items
    ]
    wholes = _with_lists(wholes)
    for at, (atom, behind) in enumerate(pairwise(wholes)):
        host = isinstance(atom, Field) and atom.name in ("vhost", "http_host")
        if host and isinstance(atom, Field) and isinstance(behind, Field):
            slash = behind.role in ("uri", "path")
            wholes[at] = replace(atom, shape=FIXED, pattern=_UP_TO_A_SLASH) if slash else atom
    clock = TimeReader([one for one in variables if one.written in VARIABLES])
    statement = _STATEMENT.match(text)
    missing = b"" if statement is not None and statement["escape"] == "json" else b"-"
    return layout_of(text, wholes, clock, no_query=missing)


def spelled(text: str) -> str:
    """Return a format string, or the string of a whole statement, with `$name` instead of `${name}`."""
    return _BRACED.sub(r"$\1", _string(text)) if is_nginx(text) else text


def _string(text: str) -> str:
    """Return the format string of a whole `log_format` statement. Return any other text unchanged.

    The parts of the string are joined, as nginx does.
    """
    if any("\ud800" <= one <= "\udfff" for one in text):
        raise OptionError(OPTION, "the format is not UTF-8 text", "give it in UTF-8")
    statement = _STATEMENT.match(text)
    if statement is None:
        return text
    if statement["escape"] == "none":
        hint = "a visitor can write lines of such a log: let nginx log without escape=none"
        raise OptionError(OPTION, "escape=none escapes no quotes", hint)
    strings, at = [], 0
    while (part := _STRING.match(statement["strings"], at)) is not None:
        strings.append(part[1] or part[2] or part[3] or "")
        at = part.end()
    if statement["strings"][at:].strip() not in ("", ";"):
        raise OptionError(
            OPTION,
            "the log_format statement does not end",
            "give all of it, or what is in its quotes",
        )
    return "".join(strings)


def _items(text: str) -> Iterator[str | Directive]:
    for match in _ITEM.finditer(text):
        name = match["braced"] or match["bare"]
        if name:
            name = _OWN_ISO_8601.sub("", name)
            yield Directive(f"${name}", _SAME.get(name, name), None, "", conditional=False)
        elif match["escaped"]:
            yield ESCAPED.get(match["escaped"], match["escaped"])
        elif match["broken"]:
            raise OptionError(
                OPTION,
                f"{match['broken']!r} is not a variable of nginx",
                "write it as $name or ${name}",
            )
        else:
            yield match["text"]


def _roles(items: Sequence[str | Directive]) -> dict[int, str]:
    """Return the role of each variable from which the status or the request is read, by its `id()`.

    `$upstream_status` has no role, because it is not the status that the client got.
    """
    first: dict[str, Directive] = {}
    for item in items:
        if isinstance(item, Directive):
            first.setdefault(item.letter, item)
    wanted = {"status": "status"}
    if "request" in first:
        wanted["request"] = "request"
    else:
        wanted["request_method"] = "method"
        own = next((name for name in first if is_own_uri(name)), "")
        wanted |= {"request_uri": "uri"} if "request_uri" in first or not own else {own: "uri"}
        wanted |= {"uri": "path"} if not {"request_uri", own} & first.keys() else {}
    roles = {id(first[name]): role for name, role in wanted.items() if name in first}
    path = next((at for at, item in enumerate(items) if roles.get(id(item)) == "path"), len(items))
    names = [item if isinstance(item, str) else item.letter for item in items[path + 1 : path + 3]]
    if names[1:] == ["args"] and names[0] in ("?", "is_args"):
        roles[id(items[path + 1])], roles[id(items[path + 2])] = _JOINT, "query"
    return roles


def is_own_uri(name: str) -> bool:
    """Return whether the configuration itself defines a variable whose name says that it is a URI.

    An example is `$filtered_request_uri`, which `map` makes from `$request_uri`.
    """
    nginx = name in _SHAPES or name.startswith(_OF_NGINX) or name in ("uri", "request_uri")
    return not nginx and _URI.search(name) is not None


def is_own_time(name: str) -> bool:
    """Return whether the configuration itself defines a variable whose name says that it is a time.

    An example is `$time_iso8601_ms`, which `map` makes from `$time_iso8601` and `$msec`.
    """
    return _OWN_TIME.fullmatch(name) is not None and f"${name}" not in VARIABLES


_OWN_ISO_8601 = re.compile(r"(?<=^time_iso8601)_(?:with_)?(?:m(?:s|sec|illi\w*)|us(?:ec)?|utc)$")
"""The end of the name of an own variable that has the same form as `$time_iso8601`."""

_OWN_TIME = re.compile(r"(?:date_?)?time(?:stamp)?(?:_\w+)?|\w*iso_?8601\w*", re.ASCII)

_OF_NGINX = (
    *("http_", "sent_http_", "upstream_", "proxy_", "arg_", "cookie_", "fastcgi_", "uwsgi_"),
    *("document_", "realpath_", "sent_trailer_"),
)
_URI = re.compile(r"ur[il]|path")

_UP_TO_A_SLASH = r'[^/"\\\s]*+'
"""The pattern of a host before a path, as in `$scheme://$host$request_uri`. The first slash ends the host."""

_LISTS = frozenset(
    f"upstream_{name}"
    for name in (
        *("addr", "status", "response_time", "connect_time", "header_time"),
        *("response_length", "bytes_received", "bytes_sent"),
    )
)
"""Variables with a value for each upstream server that was asked.

nginx itself writes them, with a comma and a blank between two servers, and a colon with blanks after a
redirect.
"""

_LIST = r"[^\s,\"\\]++(?:(?:,\ |\ :\ )[^\s,\"\\]++)*+"


def _with_lists(atoms: Sequence[Atom]) -> list[Atom]:
    """Return the same items, with the exact pattern of each list whose end a blank or a quote shows.

    Behind a field that may contain blanks, its words are counted from the right, so a list stays as it is.
    """
    found: list[Atom] = []
    loose = False
    for atom, behind in pairwise((*atoms, "")):
        if isinstance(atom, str):
            loose = loose and '"' not in atom and not any(one < " " for one in atom)
            found.append(atom)
            continue
        ends = isinstance(behind, str) and behind[:1] in ("", " ", '"') and behind[:2] != " :"
        exact = atom.name in _LISTS and not atom.role and ends and not loose
        found.append(replace(atom, shape=FIXED, pattern=_LIST) if exact else atom)
        loose = loose or (atom.shape == LOOSE and not exact)
    return found


_JOINT = "joint"
"""The role of the text between the path and the query: a question mark, or nothing."""


def _check_complete(names: set[str], roles: Mapping[int, str]) -> None:
    missing = []
    if "status" not in names:
        missing.append("a status ($status)")
    if not {name.removeprefix("$") for name in VARIABLES} & names:
        missing.append("a time ($time_local, $time_iso8601 or $msec)")
    if "request" not in roles.values() and not (
        "method" in roles.values() and {"uri", "path"} & {*roles.values()}
    ):
        missing.append('a request ("$request", or $request_method with $request_uri)')
    if missing:
        raise OptionError(
            OPTION, f"the format lacks {' and '.join(missing)}", "add what is missing"
        )


def _field(variable: Directive, role: str) -> Atom:
    name = _OURS.get(variable.letter, variable.letter)
    if role == _JOINT:
        return ""
    if variable.written in VARIABLES:
        return Field(
            "time", variable.written, FIXED, "time", without_group_names(pattern_of(variable))
        )
    if variable.letter == "status":
        return Field(name, variable.written, FIXED, role, STATUS)
    if variable.letter == VARIABLE:
        return Field(name, variable.written, FIXED, role, OPTIONAL)
    return Field(name, variable.written, _SHAPES.get(variable.letter, LOOSE), role)
