"""A compiled format string: reads an entry from a line, or splits the line into its fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache

from flask_status_cli.formats.durations import MICROSECONDS
from flask_status_cli.formats.logformat.duration_fields import DurationTail, microseconds_of
from flask_status_cli.formats.logformat.line_pattern import Field
from flask_status_cli.formats.logformat.strftime import TimeReader
from flask_status_cli.formats.prefixes.carriers import HEAD_BYTES, MOST_CARRIERS, ONE_CARRIER, SGR
from flask_status_cli.formats.refusal_reasons import IMPOSSIBLE_DATE, NO_STATUS, TWO_RECORDS
from flask_status_cli.formats.request_line import MALFORMED, Request, split_request, unescape
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import LogEntry

_ABSENT = b"-"
_ONE_CARRIER = LazyPattern(ONE_CARRIER)
_COLOR = LazyPattern(SGR)
_SHORT = 1024
# These servers log the decoded path. In the request, these characters were encoded.
_DECODED = {b"%": b"%25", b"?": b"%3F", b"#": b"%23"}
_DECODED_BYTES = re.compile(rb"[%?#]")
_HASHED = re.compile(rb"#([0-9A-Fa-f]{2})")
BACKSLASH, HASH = "backslash", "hash"
"""How a server escapes quotes and control characters: `\\x22` or `#22`. The second is HAProxy's way."""

_OF_APACHE = re.compile(r"%[!<>,\d]*D")
_OF_OTHERS = re.compile(r"%\(|%[!<>,\d]*\{us\}T")
"""Atoms of gunicorn, or a directive whose unit is certain."""

_NO_ANSWER = b"-1"
VHOSTS = ("vhost", "http_host", "request_header_host")
"""The names of fields with the virtual host. The server's choice is preferred to a header of the client."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A compiled format string.

    - `text`: the string. `pattern`: the pattern of a whole line. `fields`: the field of each of its groups.
    - `clock`: reads the time.
    - `head`: the pattern up to the last field that an entry needs. If it is empty, a line must match
      `pattern`.
    - `another`: the pattern of the beginning of another record after the head.
    - `no_query`: the text that the server logs instead of a missing query.
    - `took`: the index and the unit of a duration in the head. `tail`: finds a duration after the head.
    - `escape`: how the server escapes a request.
    - `lost`: the directive of a duration that cannot be found in a line, empty if there is none.
    """

    text: str
    pattern: bytes
    fields: tuple[Field, ...]
    clock: TimeReader
    head: bytes = b""
    another: bytes = b""
    no_query: bytes = b""
    took: tuple[int, str] | None = None
    tail: DurationTail | None = None
    escape: str = BACKSLASH
    lost: str = ""
    _regex: LazyPattern[bytes] = field(init=False, repr=False, compare=False)
    _head: LazyPattern[bytes] | None = field(init=False, repr=False, compare=False)
    _another: LazyPattern[bytes] | None = field(init=False, repr=False, compare=False)
    _at: dict[str, int] = field(init=False, repr=False, compare=False)
    _times: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _key: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _suffixes: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    _vhost: int | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the patterns, and look up the index of each needed field."""
        object.__setattr__(self, "_regex", LazyPattern(self.pattern, re.DOTALL))
        head = LazyPattern(self.head, re.DOTALL) if self.head else None
        object.__setattr__(self, "_head", head)
        object.__setattr__(self, "_another", LazyPattern(self.another) if self.another else None)
        at = {one.role: place for place, one in enumerate(self.fields) if one.role}
        object.__setattr__(self, "_at", at)
        placed = tuple(enumerate(self.fields))
        times = tuple(place for place, one in placed if one.role == "time")
        object.__setattr__(self, "_times", times)
        key = tuple(place for role, place in at.items() if role != "time")
        object.__setattr__(self, "_key", key)
        suffixes = tuple((place, one.suffix) for place, one in placed if one.suffix)
        object.__setattr__(self, "_suffixes", suffixes)
        names = [one.name for one in self.fields]
        hosts = (names.index(name) for name in VHOSTS if name in names)
        object.__setattr__(self, "_vhost", next(hosts, None))

    def read(self, line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:
        """Return an entry, the reason why the line is damaged, or `None` for a line of another format."""
        match = self._match(line)
        if match is None:
            return None
        if self._holds_another(line, match):
            return TWO_RECORDS
        texts = self._texts(match)
        status = texts[self._at["status"]]
        if status == _ABSENT:
            return NO_STATUS
        times = tuple([texts[place] for place in self._times])
        minute = self.clock.minute(times, zone=zone, newest=newest)
        if minute is None:
            return IMPOSSIBLE_DATE
        method, target = self._request(texts)
        text = self._duration(line, match, texts)
        took = None if text is None else self.microseconds(text)
        host = self._host(line, match, texts)
        return LogEntry(minute, method, target, _code(status), took, host)

    def parts(
        self, line: bytes
    ) -> tuple[tuple[bytes, ...], tuple[bytes, ...], bytes | None] | None:
        """Return the texts of a line that give its time, its request with the status, and its duration.

        Return `None` for a line of another format, and for two records in one line.
        """
        match = self._match(line)
        if match is None or self._holds_another(line, match):
            return None
        texts = self._texts(match)
        times = tuple([texts[place] for place in self._times])
        request = tuple([texts[place] for place in self._key])
        return times, request, self._duration(line, match, texts)

    def request_of(self, parts: Sequence[bytes | None]) -> tuple[Request, int] | None:
        """Return the request and the status in texts that `parts` returned; `None` without a status."""
        texts = [b""] * len(self.fields)
        for place, text in zip(self._key, parts, strict=True):
            texts[place] = text or b""
        status = texts[self._at["status"]]
        return None if status == _ABSENT else (self._request(texts), _code(status))

    def microseconds(self, text: bytes) -> int | None:
        """Return the duration that a text gives, in microseconds; `None` if it is not a duration."""
        if self.tail is not None:
            return self.tail.microseconds(text)
        return None if self.took is None else microseconds_of(text, self.took[1])

    @property
    def unsure_duration(self) -> str:
        """The directive of a duration with different units in different servers; empty if there is none.

        `%D` is in microseconds in Apache, and in milliseconds in Tomcat before 10.1 and in Undertow.
        """
        own = self.escape == BACKSLASH and not _OF_OTHERS.search(self.text)
        is_apache = own and _OF_APACHE.search(self.text) is not None
        return "%D" if is_apache and self._unit == MICROSECONDS else ""

    @property
    def _unit(self) -> str:
        if self.tail is not None:
            return self.tail.unit
        return self.took[1] if self.took is not None else "-"

    @property
    def written_times(self) -> tuple[str, ...]:
        """The directives for the time, as the format string has them."""
        return tuple(self.fields[place].written for place in self._times)

    def _holds_another(self, line: bytes, match: re.Match[bytes]) -> bool:
        """Return whether another record begins after an entry in the same line.

        A line that matches the whole format is one record, because no field can contain a quote of the
        format. Then a visitor wrote the second time.
        """
        if self._another is None or not self._another.search(line, match.end()):
            return False
        return self._regex.fullmatch(line, match.start()) is None

    def _duration(
        self, line: bytes, match: re.Match[bytes], texts: Sequence[bytes]
    ) -> bytes | None:
        """Return the text of the duration, `None` if the line has none."""
        if self.tail is not None:
            return self.tail.text(line, match.end())
        return None if self.took is None else texts[self.took[0]]

    def host(self, line: bytes) -> str | None:
        """Return the virtual host of an entry, `None` if the line has none."""
        match = self._match(line)
        return None if match is None else self._host(line, match, self._texts(match))

    def _host(self, line: bytes, match: re.Match[bytes], texts: Sequence[bytes]) -> str | None:
        at = self.vhost
        if at is None:
            return None
        if at >= len(texts):  # the host comes after the last needed field
            whole = self._regex.fullmatch(line, match.start())
            if whole is None:
                return None
            texts = self._texts(whole)
        text = unescape(texts[at])
        return None if text in (b"", _ABSENT) else text.decode("utf-8", "surrogateescape")

    @property
    def vhost(self) -> int | None:
        """The index of the field with the virtual host, `None` if the format has none."""
        return self._vhost

    def named(self, line: bytes) -> list[tuple[str, bytes]] | None:
        """Return the names and unchanged values of the fields of a line, `None` for a line of another format.

        If a line matches only up to the last needed field, the remaining text is the field `rest`.
        """
        match = self._regex.fullmatch(line) or self._match(line)
        if match is None:
            return None
        texts = self._texts(match)
        before = [("before", line[: match.start()].rstrip(b" "))] if match.start() else []
        rest = [("rest", line[match.end() :])] if match.end() < len(line) else []
        named = zip(self.fields[: len(texts)], texts, strict=True)
        return [*before, *((one.name, text) for one, text in named), *rest]

    def variant(self, _line: bytes) -> str:
        """Return the name of the format, which is its string."""
        return self.text

    def _path_and_query(self, target: bytes) -> tuple[bytes, bytes]:
        path, mark, query = target.partition(b"?")
        if not mark:
            return path.removesuffix(self.no_query), b""
        return path, b"" if query and query == self.no_query else mark + query

    def _match(self, line: bytes) -> re.Match[bytes] | None:
        """Match a line, with or without the prefix of a carrier, and a color before it."""
        take = self._regex.fullmatch if self._head is None else self._head.match
        match, head, start = take(line), line[:HEAD_BYTES], 0
        for _ in range(MOST_CARRIERS):
            carried = None if match is not None else _ONE_CARRIER.match(head, start)
            if carried is None and match is None:
                carried = _COLOR.match(head, start)
            if carried is None:
                break
            start = carried.end()
            match = take(line, start)
        return match

    def _texts(self, match: re.Match[bytes]) -> list[bytes]:
        texts = list(match.groups())
        for place, suffix in self._suffixes:
            if place < len(texts):
                texts[place] = texts[place][:-suffix]
        return texts

    def _request(self, texts: Sequence[bytes]) -> Request:
        at = self._at
        if "request" in at:
            line = texts[at["request"]]
            if self.escape == HASH:
                return split_request(_unhashed(line), escaped=False)
            return _split(line)
        method = texts[at["method"]]
        if "uri" in at:  # unchanged, as the client sent it
            uri = texts[at["uri"]]
            empty = method in (b"", _ABSENT) or uri in (b"", _ABSENT)
            plain = _unhashed(uri) if self.escape == HASH else unescape(uri)
            return MALFORMED if empty else Request(_text(method), _text(plain))
        if "target" in at:
            path, query = self._path_and_query(texts[at["target"]])
        else:
            path = texts[at["path"]]
            query = texts[at["query"]] if "query" in at else b""
        if method in (b"", _ABSENT) or path in (b"", _ABSENT):
            return MALFORMED
        whole = _DECODED_BYTES.sub(lambda found: _DECODED[found[0]], unescape(path))
        if query and not query.startswith(b"?"):  # gunicorn logs a query without its mark
            query = b"" if query == _ABSENT else b"?" + query
        return Request(_text(method), _text(whole + unescape(query)))


@lru_cache(maxsize=1 << 12)
def _split_short(line: bytes) -> Request:
    return split_request(line, escaped=True)


def _split(line: bytes) -> Request:
    """Split a request line. Short request lines are cached."""
    return _split_short(line) if len(line) < _SHORT else split_request(line, escaped=True)


def _code(status: bytes) -> int:
    """Return the status; 0 if HAProxy's client left before there was an answer."""
    return 0 if status == _NO_ANSWER else int(status)


def _unhashed(text: bytes) -> bytes:
    return _HASHED.sub(lambda one: bytes([int(one[1], 16)]), text)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
