"""Makes a rule of the target of a request: variable parts of the path are folded.

A rule has Flask's syntax and is valid for werkzeug. The converters of `<int:id>`, `<uuid:id>` and
`<path:file>` are built in; `<date>`, `<hex>`, `<email>` and `<token>` are variables of the default converter.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from flask_status_cli.model import UNMATCHED

MAX_BYTES = 255
"""The longest path that can be a route, in bytes of UTF-8 before folding."""

MAX_SEGMENTS = 10
"""The most segments that a route can have. An empty last segment does not count."""

STATIC_EXTENSIONS = frozenset({
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp",
    "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "ogg", "wav", "pdf", "zip", "gz",
})  # fmt: skip
"""Extensions, in any case, of files that share one route for each folder: `/static/<path:file>`."""

VARIABLES: tuple[tuple[str, str, str], ...] = (
    ("int:", "id", r"[0-9]{1,20}+"),
    ("uuid:", "id", r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    ("", "date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    ("", "hex", r"(?=[A-Fa-f]*+[0-9])[0-9A-Fa-f]{16,}+"),
    ("", "email", r"[^/@]*+@[^/]*+"),
    (
        "",
        "token",
        r"(?=[\w-]{20})(?=[^/0-9]*+[0-9])(?=[^/A-Z]*+[A-Z])(?=[^/a-z]*+[a-z])[A-Za-z0-9_-]*+",
    ),
    ("", "token", r"eyJ[A-Za-z0-9_-]++\.[A-Za-z0-9_-]++\.[A-Za-z0-9_-]*+"),  # a JSON Web Token
)
"""The kinds of variable segments; the first match wins: converter, name, and pattern of the whole segment."""

# A target in origin-form whose path holds nothing to decode or to escape.
_PLAIN = re.compile(r"(/[ !\"$&-:=@-~]*+)(?:[?#;]|\Z)")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+")
_END = re.compile(r"[?#;]")
_ENCODED_SLASH = re.compile(rb"%2[Ff]")
_FOREIGN_SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # not made by surrogateescape
_ESCAPED = re.compile("[\x00-\x1f\x7f-\x9f<>\udc80-\udcff]")
_VARIABLE = re.compile(
    "/(?:" + "|".join(f"({pattern})(?![^/])" for _, _, pattern in VARIABLES) + ")"
)
_NAMES = ("", *(f"/<{converter}{name}>" for converter, name, _ in VARIABLES))
"""How a variable is written by the number of its group, where it is the only one."""

_TELLING = re.compile("[0-9@J]")
"""Every variable segment has one of these characters, except a uuid, which has four hyphens."""


# In a request line as it was logged, up to the status: a segment ends where the target does, not at a blank.
_NUMBER = re.compile(
    rb"/(?<!HTTP/)[0-9]{1,20}"
    rb'(?=[/?]| HTTP/[0-9](?:\.[0-9]{1,3})?(?:\x1b\[0m)?" [0-9]{3} (?:-|[0-9]{1,20})?\Z)'
)
_QUERY = re.compile(rb"\?[!#-\[\]-~]+(?= HTTP/)")


def alike(request: bytes) -> bytes:
    """Return another request with the same rule and status, with its numbers and its query replaced.

    `request` is what the server wrote from the opening quote of the request line to the status.
    """
    if len(request) > MAX_BYTES:  # the length of its path may matter
        return request
    request = _NUMBER.sub(b"/0", request)
    return _QUERY.sub(b"?", request) if b"?" in request else request


def same_query(request: bytes) -> bytes:
    """Return another request with the same rule and status, with its query replaced."""
    if len(request) > MAX_BYTES or b"?" not in request:
        return request
    return _QUERY.sub(b"?", request)


def fold(target: str | None) -> str:
    """Return the rule of `target`, `UNMATCHED` if it has no usable path.

    `target` is as in `LogEntry`: lone surrogates are bytes that are not UTF-8. Never raises, and takes time
    linear in the length of the target.
    """
    path = None if target is None else written_path(target)
    return UNMATCHED if path is None else fold_path(path)


def fold_path(path: str) -> str:
    """Return the rule of a path as rules write it, `UNMATCHED` beyond the bounds."""
    slashes = path.count("/")
    if len(path) > MAX_BYTES or (
        slashes > MAX_SEGMENTS and slashes - path.endswith("/") > MAX_SEGMENTS
    ):
        return UNMATCHED
    if slashes > 1 and "." in path and path.rpartition(".")[2].lower() in STATIC_EXTENSIONS:
        return f"{_folded(path[: path.index('/', 1)])}/<path:file>"
    return _folded(path)


def written_path(target: str) -> str | None:
    """Return the path of `target` as it is written in rules, `None` if there is none within the limits.

    An absolute URL is reduced to its path. Query, fragment and path parameters are cut off. The rest is
    percent-decoded once. Encoded slashes, control characters, `<`, `>` and bytes that are not UTF-8 are
    written as `%XX`.
    """
    plain = _PLAIN.match(target)
    path = plain[1] if plain else _decoded_path(target)
    if path is None or len(path) > MAX_BYTES:
        return None
    if path.count("/") - path.endswith("/") > MAX_SEGMENTS:
        return None
    return path if plain or len(path.encode()) <= MAX_BYTES else None


def _decoded_path(target: str) -> str | None:
    authority = _ABSOLUTE.match(target)
    if authority:
        target = target[authority.end() :]
        target = target if target.startswith("/") else "/" + target
    if not target.startswith("/"):
        return None
    raw = _END.split(target, maxsplit=1)[0]
    if len(raw) > 3 * MAX_BYTES:  # a written byte takes at most three characters, `%41`
        return None
    raw = _FOREIGN_SURROGATE.sub(
        lambda found: _percent(found[0].encode("utf-8", "surrogatepass")), raw
    )
    escaped = _ENCODED_SLASH.sub(b"%252F", raw.encode("utf-8", "surrogateescape"))
    text = unquote_to_bytes(escaped).decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda found: _percent(found[0].encode("utf-8", "surrogateescape")), text)


def _percent(data: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in data)


def _folded(path: str) -> str:
    if _TELLING.search(path) is None and path.count("-") < 4:
        return path
    found = _VARIABLE.search(path)
    if found is None:
        return path
    if found.end() == len(path):
        return path[: found.start()] + _NAMES[found.lastindex or 0]
    text, end = "", 0
    seen: dict[str, int] = {}
    while found is not None:
        converter, name, _ = VARIABLES[(found.lastindex or 1) - 1]
        number = seen[name] = seen.get(name, 0) + 1
        text += f"{path[end : found.start()]}/<{converter}{name}{number if number > 1 else ''}>"
        end = found.end()
        found = _VARIABLE.search(path, end)
    return text + path[end:]
