"""Splits a logged request line into method and target."""

from __future__ import annotations

import re
from typing import NamedTuple

from flask_status_cli.lazy_pattern import LazyPattern

_METHOD = LazyPattern(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token, RFC 9110, section 5.6.2
_VERSION = LazyPattern(rb"HTTP/\d(?:\.\d+)?")
_BARE = LazyPattern(rb"1\.[01]|[23]")
"""A version as Hypercorn writes it, without `HTTP/`."""
USUAL_REQUEST = rb'(%b) ([^ "\\]+) %b' % (_METHOD.pattern, _VERSION.pattern)
"""A request line of three parts without escapes. Its groups are method and target."""

_USUAL = LazyPattern(_METHOD.pattern.join((rb"(", rb") ([^ ]+) ")) + _VERSION.pattern)

# Apache's ap_escape_logitem writes all of these, nginx only \xHH, gunicorn only \".
_ESCAPED = LazyPattern(rb"\\(x[0-9A-Fa-f]{2}|[\"\\bnrtv])")
_PLAIN = {b'"': b'"', b"\\": b"\\", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class Request(NamedTuple):
    """Method and target of a request line. Both are `None` if it could not be parsed."""

    method: str | None
    target: str | None


MALFORMED = Request(None, None)
"""A request line that could not be parsed. A server answers such a request with 400, 408 or 414."""


def split_request(line: bytes, *, escaped: bool) -> Request:
    """Split a request line as logged. `escaped` says that backslashes escape quotes and control characters.

    Only the ASCII space separates parts: servers write U+00A0 and U+3000 unchanged. The target is the text
    between the method and the version, so it may contain spaces. Without a version (HTTP/0.9, or cut by the
    server) only a path or an absolute URL is a target.
    """
    usual = _USUAL.fullmatch(line)
    if usual is not None and not (escaped and b"\\" in line):
        return Request(_text(usual[1]), _text(usual[2]))
    method, _, rest = line.strip(b" ").partition(b" ")
    if not rest or not _METHOD.fullmatch(method):
        return MALFORMED
    target, _, version = rest.rpartition(b" ")
    bare = _BARE.fullmatch(version) is not None and _has_path(rest)
    if not (bare or _VERSION.fullmatch(version)):
        target = rest
        if not _has_path(rest):
            return MALFORMED
    target = target.strip(b" ")
    if not target:
        return MALFORMED
    if (
        escaped and not bare and b"\\" in target
    ):  # Hypercorn, with its bare version, escapes nothing
        target = unescape(target)
    return Request(_text(method), _text(target))


def _has_path(target: bytes) -> bool:
    """Return whether a target is a path or an absolute URL."""
    return target.lstrip(b" ").startswith(b"/") or b"://" in target


def unescape(value: bytes) -> bytes:
    """Undo the escapes of nginx, Apache and gunicorn once. Other backslashes stay."""
    return _ESCAPED.sub(_unescaped, value)


def _unescaped(match: re.Match[bytes]) -> bytes:
    code: bytes = match[1]
    return _PLAIN.get(code) or bytes([int(code[1:], 16)])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
