"""Makes the discovered rule of a request: variable segments of its path are replaced by variables.

A rule has Flask's syntax and is valid for werkzeug. The converters of `<int:id>`, `<uuid:id>` and
`<path:file>` are built into werkzeug. `<date>`, `<hex>`, `<email>` and `<token>` have the default converter.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import UNMATCHED

MAX_BYTES = 255
"""A path with more bytes of UTF-8 than this is no route."""

MAX_SEGMENTS = 10
"""A path with more segments than this is no route. An empty last segment is not counted."""

STATIC_EXTENSIONS = frozenset({
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp",
    "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "ogg", "wav", "pdf", "zip", "gz",
})  # fmt: skip
"""Files with these extensions, in any case, are one route for each folder: `/static/<path:file>`."""

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
"""The kinds of variable segments: (converter, name, pattern of the whole segment). The first match wins."""

# A target in origin-form whose path has nothing to decode or to escape.
_PLAIN = LazyPattern(r"(/[ !\"$&-:=@-~]*+)(?:[?#;]|\Z)")
_ABSOLUTE = LazyPattern(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+")
_END = LazyPattern(r"[?#;]")
_ENCODED_SLASH = LazyPattern(rb"%2[Ff]")
_FOREIGN_SURROGATE = LazyPattern("[\ud800-\udc7f\udd00-\udfff]")  # not made by surrogateescape
_ESCAPED = LazyPattern("[\x00-\x1f\x7f-\x9f<>\udc80-\udcff]")
_VARIABLE = LazyPattern(
    "/(?:" + "|".join(f"({pattern})(?![^/])" for _, _, pattern in VARIABLES) + ")"
)
_NAMES = ("", *(f"/<{converter}{name}>" for converter, name, _ in VARIABLES))
"""The text of a variable in a rule, by the number of its group in `_VARIABLE`."""

NUMBER_SEGMENT = _NAMES[1]
"""A number segment in a rule, with its slash."""

STATIC_FILES = "/<path:file>"
"""What replaces the path of a static file behind its first segment."""

_NEEDED = LazyPattern("[0-9@J]")
"""Every variable segment has one of these characters, except a uuid, which has four hyphens."""


# In a logged request line up to the status, a number segment ends at `/`, at `?` or at the end of the target.
_NUMBER, _COLORED_NUMBER = (
    LazyPattern(
        rb"/(?<!HTTP/)[0-9]{1,20}"
        rb'(?=[/?]| HTTP/[0-9](?:\.[0-9]{1,3})?%b" [0-9]{3} (?:-|[0-9]{1,20})?\Z)' % end_of_color
    )
    for end_of_color in (b"", rb"(?:\x1b\[0m)?")
)
_QUERY = LazyPattern(rb"\?[!#-\[\]-~]+(?= HTTP/)")


def alike(request: bytes) -> bytes:
    """Return a request with the same rule and status: number segments become 0, and the query is removed.

    `request` is the text of the log from the opening quote of the request line to the status.
    """
    if len(request) > MAX_BYTES:  # the length of its path may decide its rule
        return request
    # Without a color at the beginning, the end of a color belongs to the target, which has a space then.
    number = _COLORED_NUMBER if request.startswith(b"\x1b") else _NUMBER
    request = number.sub(b"/0", request)
    return _QUERY.sub(b"?", request) if b"?" in request else request


def same_query(request: bytes) -> bytes:
    """Return a request with the same rule and status: the query is removed. `request` is as in `alike`."""
    if len(request) > MAX_BYTES or b"?" not in request:
        return request
    return _QUERY.sub(b"?", request)


def fold(target: str | None) -> str:
    """Return the rule of a target, `UNMATCHED` if it has no path that can be a route.

    `target` is that of a `LogEntry`, in which lone surrogates are bytes that are not UTF-8. This never
    raises, and takes linear time.
    """
    path = None if target is None else written_path(target)
    return UNMATCHED if path is None else fold_path(path)


def fold_path(path: str) -> str:
    """Return the rule of a path from `written_path`, `UNMATCHED` if it has too many bytes or segments."""
    slashes = path.count("/")
    if len(path) > MAX_BYTES or (
        slashes > MAX_SEGMENTS and slashes - path.endswith("/") > MAX_SEGMENTS
    ):
        return UNMATCHED
    if slashes > 1 and "." in path and path.rpartition(".")[2].lower() in STATIC_EXTENSIONS:
        return _folded(path[: path.index("/", 1)]) + STATIC_FILES
    return _folded(path)


def written_path(target: str) -> str | None:
    """Return the path of a target as rules have it, `None` if it has none or a path that is too long.

    Of an absolute URL, the path is taken. Query, fragment and path parameters are removed. The rest is
    percent-decoded once. Encoded slashes, control characters, `<`, `>` and bytes that are not UTF-8 become
    `%XX`.
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
    if len(raw) > 3 * MAX_BYTES:  # a byte takes at most three characters: `%41`
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
    if _NEEDED.search(path) is None and path.count("-") < 4:
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
