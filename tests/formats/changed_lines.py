"""Changes lines at random so that they stay plausible: as servers, shippers and visitors may spoil them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from random import Random

from flask_status_cli.formats.prefixes.carriers import CARRIERS

Change = Callable[[bytes, Random, Sequence[bytes]], bytes]
"""Changes a line. The last argument is lines to take parts from."""

_NUMBER = re.compile(rb"\d+(?:\.\d+)?")
_PART = re.compile(rb"[^\s\"\[\]{}:,|=]+|[\s\"\[\]{}:,|=]")
_MONTHS = (
    b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec nov Nov. M\xc3\xa4r Okt 11 Novembre".split()
)
_ZONES = b"+0000 -0330 +0530 +0545 +1400 +9999 -0000 +00:00 +05:30 Z UTC GMT +00 IST +0000x".split()
_STATUSES = b"200 304 404 499 500 503 000 009 099 600 999 1000 20 2000 -1 - 200.0 OK 2OO".split()
_TARGETS = (
    b"/", b"/users/7", b"/users/4711/posts/3?page=2", b"/a%20b", b"/%00", b"/%C3%A9", b"/a//b", b"*",
    b"http://shop.example/x", b"//evil.example/x", b"/2026-11-23", b"/s/a.css", b"/a;1", b"/a b",
    b"/a#b", b"/caf\xc3\xa9", b"/\xe2\x80\xa8", b"/\xff", b'/a\\"b', b"/a\\x22b", b"/\\u0022", b'/"',
    b"/" + b"a" * 300, b"/\xe2\x80\xae", b"/=cmd|x", b"/7" + b"0" * 25, b"/eyJhbGciOiJIUzI1NiJ9.e30.x",
    b"",
)  # fmt: skip
_NUMBERS = (
    b"0", b"-1", b"9" * 20, b"9" * 400, b"1e9", b"1e309", b"1.5", b".5", b"5.", b"0x1f", b"007",
    b"1_000", b"nan", b"Infinity", b"-", b"", b"\xd9\xa3", b"1,5", b"18446744073709551616", b"-0.001",
    b"3600000001",
)  # fmt: skip
_SPLINTERS = (
    b'"', b"\\", b'\\"', b"[", b"]", b"{", b"}", b" ", b"  ", b"\t", b"\r", b"\v", b"\0", b"-", b",",
    b":", b"=", b"|", b"#22", b"#033[33m", b"^[[0m", b"\x1b[31m", b"\x1b[0m", b"\\u001b[33m", b"[33m",
    b" - - ", b'" 200 ', b'] "', b"\\x22", b"\\u0022", b"\\ud800", b"\\n", b"\xc3", b"\xe2\x80",
    b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8",
    b"\xef\xbb\xbf", b"GET / HTTP/1.1", b"=> generated", b"null", b"true", b"#Fields:", b"%(h)s",
    b"2026-11-23T10:05:42Z", b"[23/Nov/2026:10:05:42 +0000]", b"{}", b"[]", b'"status":503,',
    b"\tstatus:503", b" status=503 ", b"HTTP/1.1", b"INFO", b"ERROR",
)  # fmt: skip
FILLINGS = (
    b" ", b'"', b"[", b"]", b"a.", b"1:", b"{", b"\\", b" - ", b"x=1 ", b"a:b\t", b'" 200 ',
    b"=> generated ", b'\\"', b'{"', b'":"', b"\x1b[31m", b"[0m", b"/", b"%41", b"\xc3\xa9", b"\0",
    b"1", b", ", b"| ", b": ", b"] [", b'] "',
)  # fmt: skip
"""What long lines are full of."""


@lru_cache(4096)
def _parts(line: bytes) -> tuple[bytes, ...]:
    return tuple(_PART.findall(line))


def _another_digit(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    digits = [at for at, byte in enumerate(line) if 48 <= byte < 58]
    if not digits:
        return line
    at = rng.choice(digits)
    return line[:at] + b"%d" % rng.randrange(10) + line[at + 1 :]


def _another(pattern: bytes, values: Sequence[bytes]) -> Change:
    """Return a change of one of the texts that a pattern finds, to one of these values."""
    compiled = re.compile(pattern)

    def change(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
        found = [match.span() for match in compiled.finditer(line)]
        if not found:
            return line
        start, end = rng.choice(found)
        return line[:start] + rng.choice(values) + line[end:]

    return change


def _another_time(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    now, then = rng.choice(OTHER_TIMES)
    return line.replace(now, then)


OTHER_TIMES = (  # hours that exist twice, not at all, or on another day
    (b"2026-11-23", b"2026-11-01"), (b"23/Nov/2026", b"01/Nov/2026"), (b"Nov 23", b"Nov  1"),
    (b"261123", b"261101"), (b"2026/11/23", b"2026/11/01"), (b" 10:05", b" 01:35"), (b":10:05", b":01:05"),
    (b"T10:05", b"T01:59"), (b"Nov/2026", b"Mar/2026"), (b"-11-23", b"-03-08"), (b":42", b":60"),
)  # fmt: skip

VALUES: tuple[Change, ...] = (
    _another_digit,
    _another_digit,
    _another_time,
    _another(rb"Nov", _MONTHS),
    _another(rb"(?<=\d)[ ]?(?:[+-]\d\d:?\d\d|Z)\b", _ZONES),
    _another(rb"\b[1-5]\d\d\b", _STATUSES),
    _another(rb"/[^\s\"?,\\|]*", _TARGETS),
    _another(_NUMBER.pattern, _NUMBERS),
)
"""Changes of one value, after which most lines have the same form as before."""


def _swap(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    parts = list(_parts(line))
    if len(parts) < 2:
        return line
    one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return b"".join(parts)


def _drop(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    parts = _parts(line)
    at = rng.randint(0, len(parts))
    return b"".join(parts[:at] + parts[at + rng.randint(1, 3) :])


def _double(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    parts = _parts(line)
    at = rng.randint(0, len(parts))
    return b"".join(parts[: at + rng.randint(1, 9)] + parts[at:])


def _replace(line: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    parts, theirs = list(_parts(line)), _parts(rng.choice(others))
    if not parts or not theirs:
        return line
    parts[rng.randrange(len(parts))] = rng.choice(theirs)
    return b"".join(parts)


def _insert(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    parts = _parts(line)
    at = rng.randint(0, len(parts))
    return b"".join((*parts[:at], rng.choice(_SPLINTERS), *parts[at:]))


def _color(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    start = rng.randint(0, len(line))
    end = rng.randint(start, len(line))
    escape = rng.choice((b"\x1b[", b"#033[", b"^[[", b"\\u001b[", b"?[", b"["))
    return line[:start] + escape + b"33m" + line[start:end] + escape + b"0m" + line[end:]


def _byte(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    at = rng.randint(0, len(line))
    return line[:at] + bytes((rng.randrange(256),)) + line[at + rng.randint(0, 3) :]


def _cut(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    at = rng.randint(0, len(line))
    return line[:at] if rng.random() < 0.6 else line[at:]


def _glue(line: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    other = rng.choice(others)
    at = rng.choice((len(line), rng.randint(0, len(line))))
    return line[:at] + rng.choice((b"", b"", b" ", b"\r", b"\t")) + other


_AROUND = (
    (b"\0\0\0", b""), (b"", b"\0"), (b"\xef\xbb\xbf", b""), (b"  ", b""), (b"\t", b""), (b"", b" "),
    (b"", b"\r"), (b"'", b"'"), (b'"', b'"'), (b"(", b")"), (b"ERROR ", b""), (b"", b","), (b"> ", b""),
    (b"\r", b"\r"), (b"b'", b"'"), (b"app said: ", b""), (b"", b" [werkzeug]"),
    (b"\x1b[2K", b"\x1b[0m"),
)  # fmt: skip


def _around(line: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    before, after = rng.choice(_AROUND)
    return before + line + after


CALM: tuple[Change, ...] = (
    _another_digit,
    _another_digit,
    _another(rb"(?<=[A-Z] )/[^\s\"?,\\|]*", _TARGETS[:3]),
    _another(rb"(?<=[: ])(?:200|404|50[023])\b", (b"200", b"304", b"404", b"503")),
)
"""Changes after which nearly every line has the same form as before."""

FORMS: tuple[Change, ...] = (
    _swap, _swap, _drop, _double, _replace, _replace, _insert, _insert, _color, _byte, _cut, _glue, _around,
)  # fmt: skip
"""Changes of the form of a line."""


def long(line: bytes, rng: Random, length: int) -> bytes:
    """Return a line with so many bytes of one filling at a random place."""
    filling = rng.choice(FILLINGS)
    at = rng.choice((0, len(line), rng.randint(0, len(line))))
    return line[:at] + filling * (length // len(filling)) + line[at:]


def changed(
    line: bytes, rng: Random, others: Sequence[bytes], *, calm: float = 0.0, wild: float = 0.3
) -> bytes:
    """Return a changed line without a line end.

    With the probability `calm` only a digit or a path differs. Else other values do, and with the probability
    `wild` the form of the line, too.
    """
    if rng.random() < calm:
        return rng.choice(CALM)(line, rng, others)
    for _ in range(rng.choice((1, 1, 2, 3))):
        line = rng.choice(VALUES)(line, rng, others)
    if rng.random() < wild:
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            line = rng.choice(FORMS)(line, rng, others)
    return line.replace(b"\n", b"") if b"\n" in line else line


BEFORE = tuple(text for one in CARRIERS for text in one.examples)
"""What carriers write before a line."""

_ATTRS = ('"attrs":{"tag":"web"},', '"attrs":{"log":"a","log":"b"},', '"attrs":{"x":{}},', "")
_OBJECTS: tuple[dict[str, object], ...] = (
    {"__REALTIME_TIMESTAMP": "1795428342123456", "_PID": "7", "MESSAGE": None, "PRIORITY": "6"},
    {"MESSAGE": None, "_SYSTEMD_UNIT": "shop.service", "__REALTIME_TIMESTAMP": "1795428342123456"},
    {"__REALTIME_TIMESTAMP": "1795428342123456", "MESSAGE": None, "STATUS": "503", "REQUEST": "GET /b"},
    {"asctime": "2026-11-23 10:05:42,123", "levelname": "INFO", "name": "gunicorn.access", "message": None},
    {"timestamp": "2026-11-23T10:05:42.123Z", "level": "info", "event": None, "logger": "werkzeug"},
    {"ts": 1795428342.125, "level": "info", "msg": None},
    {"time": 1795428342125, "message": None, "name": "shop"},
    {"time": "2026-11-01 01:35:42", "status": 200, "message": None},
)  # fmt: skip


def in_docker(line: bytes, rng: Random) -> bytes:
    """Return the line as docker's json-file has it, sometimes with what docker never writes."""
    text = json.dumps(
        line.decode("utf-8", "surrogateescape") + rng.choice(("\n", "\n", "\r\n", ""))
    )
    if rng.random() < 0.5:  # Go escapes these
        text = text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
    time = rng.choice(
        ("2026-11-23T10:05:42.123456789Z", "2026-11-01T01:35:00", "", "x", "1795428342")
    )
    attrs = rng.choice(_ATTRS) if rng.random() < 0.2 else ""
    return f'{{"log":{text},"stream":"stdout",{attrs}"time":"{time}"}}'.encode()


def in_an_object(line: bytes, rng: Random) -> bytes:
    """Return the line as the journal or a logger writes it, sometimes with other values or another key."""
    found = dict(_OBJECTS[rng.randrange(3) if rng.random() < 0.3 else rng.randrange(len(_OBJECTS))])
    text = line.decode("utf-8", "surrogateescape") + rng.choice(("", "", "", "\n", "\r\n"))
    found = {key: text if value is None else value for key, value in found.items()}
    if rng.random() < 0.1:
        key = rng.choice(list(found))
        found[key] = rng.choice(
            (None, True, 7, 1e30, "", "x", "2026-11-23T10:05:42Z", [104, 105], {"a": 1}, " a")
        )
    if rng.random() < 0.05:
        found[rng.choice(("status", "path", "log", "event", "time", "t"))] = rng.choice(
            (200, "/a", None)
        )
    spaces = rng.choice(((",", ":"), (", ", ": ")))
    return json.dumps(found, separators=spaces, ensure_ascii=rng.random() < 0.8).encode(
        "utf-8", "surrogateescape"
    )


def carried(lines: Sequence[bytes], rng: Random) -> list[bytes]:
    """Return lines of a log as they are, in docker's objects, behind a carrier, or in a logger's objects.

    A few lines of a log are carried in another way than the others, or changed within what carries them.
    """
    how = rng.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, 3))
    before = rng.choice(BEFORE)
    found = []
    for line in lines:
        kind = how if rng.random() < 0.95 else rng.randrange(4)
        if kind == 0:
            one = line
        elif kind == 1:
            one = in_docker(line, rng)
        elif kind == 2:
            one = before + line
        else:
            one = in_an_object(line, rng)
        if kind and rng.random() < 0.1:
            one = changed(one, rng, lines)
        found.append(one.replace(b"\n", b""))
    return found
