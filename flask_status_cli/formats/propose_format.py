"""Proposes a format for lines that no known format reads.

A proposal is a guess, so it must be tried on the log before it is shown to anybody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from functools import cache, lru_cache

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.families.json import json_lines
from flask_status_cli.formats.line_parser import Noise, Refusal, parse_line, split_lines
from flask_status_cli.formats.other_lines.request_like import looks_like_a_request
from flask_status_cli.formats.other_lines.unsupported_logs import never_to_be_read
from flask_status_cli.formats.prefixes.carriers import COLLECTED, HEAD_BYTES, SGR
from flask_status_cli.formats.propose_json_map import CODES, METHODS, STATUS, json_map_of
from flask_status_cli.formats.reason_phrases import PHRASE
from flask_status_cli.formats.refusal_reasons import TWO_RECORDS
from flask_status_cli.formats.registry import JSON_MAP, lookup
from flask_status_cli.model import OTHER_TEXT, LogEntry

_LINES = 100
_BYTES = 4000
_PIECES_READ = 400
"""So many pieces of a line are looked at. A log with the time, the status and the request has them before."""

_VERSION = re.compile(r"HTTP/\d(?:\.\d)?|1\.[01]|[23]")
_NAMED = re.compile(r".*(?:status|code)[\"']?[:=] ?[\"']?", re.IGNORECASE | re.DOTALL)
"""The text before a status that has a name."""

_MONTH = "[A-Z][a-z]{2}"
_CLOCK = r"\d\d:\d\d:\d\d"

# Times: what to write for each in a format string. A fraction and a zone that follow are a part of the time.
_TIMES = (
    ("%t", rf"\[\d\d/{_MONTH}/\d{{4}}:{_CLOCK} [+-]\d{{4}}\]"),
    ("$time_iso8601", rf"\d{{4}}-\d\d-\d\dT{_CLOCK}(?:\.\d{{1,9}})?(?:Z|[+-]\d\d:\d\d)"),
    *(
        (
            f"%{{{date}}}t{fraction}%{{{zone}}}t"
            if fraction and zone
            else f"%{{{date}{zone}}}t{fraction}",
            f"{pattern}{seconds}{written}",
        )
        for date, pattern in (
            ("%Y-%m-%dT%H:%M:%S", rf"\d{{4}}-\d\d-\d\dT{_CLOCK}"),
            ("%Y-%m-%d %H:%M:%S", rf"\d{{4}}-\d\d-\d\d {_CLOCK}"),
            ("%Y/%m/%d %H:%M:%S", rf"\d{{4}}/\d\d/\d\d {_CLOCK}"),
            ("%d.%m.%Y %H:%M:%S", rf"\d\d\.\d\d\.\d{{4}} {_CLOCK}"),
            ("%d-%m-%Y %H:%M:%S", rf"\d\d-\d\d-\d{{4}} {_CLOCK}"),
            ("%d/%m/%Y %H:%M:%S", rf"\d\d/\d\d/\d{{4}} {_CLOCK}"),
            ("%d/%m/%Y:%H:%M:%S", rf"\d\d/\d\d/\d{{4}}:{_CLOCK}"),
            ("%d/%m/%Y, %I:%M:%S %p", rf"\d\d/\d\d/\d{{4}}, {_CLOCK} [AP]M"),
            ("%d/%m/%Y, %H:%M:%S", rf"\d\d/\d\d/\d{{4}}, {_CLOCK}(?! [AP]M)"),
            ("%d/%b/%Y:%H:%M:%S", rf"\d\d/{_MONTH}/\d{{4}}:{_CLOCK}"),
            ("%d/%b/%Y %H:%M:%S", rf"\d\d/{_MONTH}/\d{{4}} {_CLOCK}"),
            ("%a %b %d %H:%M:%S %Y", rf"{_MONTH} {_MONTH} \d\d {_CLOCK} \d{{4}}"),
            ("%b %d, %Y @ %H:%M:%S", rf"{_MONTH} \d{{1,2}}, \d{{4}} @ {_CLOCK}"),
            *(
                (f"%Y-%m-%d{separator}%H:%M:%S", rf"\d{{4}}-\d\d-\d\d{separator}{_CLOCK}")
                for separator in ";,"
            ),
            ("%a, %d %b %Y %H:%M:%S", rf"{_MONTH}, \d\d {_MONTH} \d{{4}} {_CLOCK}"),
            ("%a %d %b %Y %H:%M:%S", rf"{_MONTH} \d\d {_MONTH} \d{{4}} {_CLOCK}"),
        )
        for fraction, seconds in (
            (".%{msec_frac}t", r"\.\d{3}"),
            (",%{msec_frac}t", r",\d{3}"),
            (".%{usec_frac}t", r"\.\d{6}"),
            ("", ""),
        )
        for zone, written in (
            (" %z", r" [+-]\d\d:?\d\d"),
            ("%z", r"[+-]\d\d:?\d\d"),
            (" %Z", " (?:GMT|UTC)"),
            ("", r"(?![.,]?\d| ?(?:[+-]\d|GMT|UTC|Z(?!\w)))"),
        )
    ),
    ("$msec", r"(?<![\w.:-])\d{10}\.\d{3}(?!\d)"),
    ("%{sec}t.%{usec_frac}t", r"(?<![\w.:-])\d{10}\.\d{6}(?!\d)"),
    ("%{sec}t", r"(?<![\w.:-])\d{10}(?![\w.:-])"),
)
_HAPROXY_TIMES = "%l/%l/%l/%l/%{ms}T"
"""The five times that HAProxy writes, of which the last is that of the whole request."""

_FIVE_NUMBERS = r"(?<!\S)(?:-?\d{1,9}/){4}\d{1,9}(?!\S)"
_A_REQUEST = rf"(?:{METHODS}) [^\s\"]+ HTTP/\d(?:\.\d)?"
_METHOD = re.compile(rf"(?<![\w-])(?:{METHODS})(?![\w-])".encode())
_A_METHOD = rf"(?<![\w-])(?:{METHODS})(?![\w-])"
_A_TARGET = r"(?<=[,:])/[^\s\"|;,]*|(?<![^\s\"'=|;(\[])(?:https?:/)?/[^\s\"|;]*(?<![,:])"
_A_STATUS = rf"(?:(?<![\w.:/-])|(?<=status:)|(?<=code:)){CODES}(?![\w.:/-])"
_A_WORD = r"[^\s\"|;,\[\]()=]+"
_DAY_FIRST = re.compile(r"%d([-/])%m(?=[-/]%Y)")
_QUOTABLE = "|".join((*(text for _, text in _TIMES), _A_REQUEST, _A_METHOD, _A_TARGET, _A_STATUS))

# The kinds of pieces of a line: a directive for the format string, or `literal`, `quoted` or `word`. The
# first pattern that matches is used. Literals stay as they are.
_PIECES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        *_TIMES,
        ("%r", _A_REQUEST),
        ("%m", _A_METHOD),
        ("%U%q", _A_TARGET),
        ("%>s", _A_STATUS),
        (_HAPROXY_TIMES, _FIVE_NUMBERS),
        (
            "literal",
            rf"\"(?=(?:{METHODS}) [^\s\"]+(?: (?:HTTP/)?\d(?:\.\d)?)?\"|(?:{_QUOTABLE})\")",
        ),
        ("list", r"^\([^()\"]*\)"),  # forwarded addresses, one or several
        ("literal", r"(?:^|(?<=[|;,\t]))[A-Za-z_]\w{0,40}:"),  # a label, as in LTSV
        ("quoted", r"\"(?:[^\"\\]|\\.)*\""),
        ("literal", r"[\s\"|;,\[\]()=]"),
        ("literal", r"(?:[-=]>|:)(?=\s)"),
        ("word", _A_WORD),
    )
)
_COLOR = re.compile(SGR + rb"{1,4}")
_WORD = re.compile(rf"{_A_WORD}|.", re.DOTALL)
_SEPARATORS = frozenset(' \t"|;,[]()=')
_PARTS = {
    "time": tuple(kind for kind, _ in _TIMES),
    "status": ("%>s",),
    "request": ("%r",),
    "method": ("%m",),
    "target": ("%U%q",),
}
_PHRASE = re.compile(rf" ({PHRASE})")
_SIGNS = re.compile(r"[^\w\"]+")
_NGINX: Mapping[str, str] = {
    "list": "($http_x_forwarded_for)",
    "phrase": "$status_phrase",
    "%t": "[$time_local]",
    "%r": "$request",
    "%m": "$request_method",
    "%U%q": "$request_uri",
    "%>s": "$status",
    "word": "$hostname",
    "quoted": '"$http_referer"',
}
_RAW_TARGET = "%{raw}U"
"""The target as the client sent it. Apache's `%U` is decoded, but few other servers decode their paths."""

_APACHE: Mapping[str, str] = {
    "%U%q": _RAW_TARGET,
    "list": "(%{X-Forwarded-For}i)",
    "phrase": "%{phrase}s",
    "word": "%l",
    "quoted": '"%{Referer}i"',
}


def propose(sample: bytes) -> str | None:
    """Return the format that reads most lines of a sample, noise left out; `None` if none reads a half.

    Of several formats, the one that reads the most lines is returned: one that is made from a line with `200
    OK` may not read those with `500 Internal Server Error`.
    """
    lines = [line[:_BYTES] for line in split_lines(sample) if line.strip()][:_LINES]
    lines = [line for line in lines if not never_to_be_read(line) and not _has_two_records(line)]
    best, most = None, 0
    for name in dict.fromkeys(_candidates(lines)):
        entries, judged = _read_by(name, lines)
        if entries * 2 > judged and entries > most:
            best, most = name, entries
        if most == judged > 0:
            break
    return best


def _has_two_records(line: bytes) -> bool:
    """Return whether a line has two records of a known format. A format for it would lose one of them."""
    return parse_line(line, zone=UTC) == Refusal(TWO_RECORDS)


def option(name: str) -> tuple[str, str]:
    """Return the option that names a format, and its value."""
    return (
        ("--json-map", name.removeprefix(JSON_MAP))
        if name.startswith(JSON_MAP)
        else ("--format", name)
    )


def _candidates(lines: Sequence[bytes]) -> Iterator[str]:
    objects = {line: found for line in lines if (found := _object(line)) is not None}
    if sum(line in objects for line in lines) * 2 > len(lines):
        requests = [one for line, one in objects.items() if looks_like_a_request(line)]
        for some in (requests, [*objects.values()]):
            described = json_map_of(some) if some else None
            if described is not None:
                yield described
        return
    if any(line.lstrip().startswith((b"[{", b'{"')) for line in lines[:1]):
        return  # it is JSON, but not one object a line
    if any(_IIS_LINE.match(line) for line in lines[:1]):
        yield from _IIS
        return
    for whole in (False, True):
        for carried in (False, True):
            shapes = Counter(_shape(line, carried=carried, whole=whole) for line in lines)
            for shape, _ in shapes.most_common(3):
                yield from _with_days(shape, lines) if shape is not None else ()


def _with_days(shape: str, lines: Sequence[bytes]) -> Iterator[str]:
    """Yield a format with the day or the month first, whichever fits all lines; none if both do."""
    if not _DAY_FIRST.search(shape):
        yield shape
        return
    other = _DAY_FIRST.sub(lambda found: f"%m{found[1]}%d", shape)
    fits = [(_entries(name, lines), name) for name in (shape, other)]
    (least, _), (most, name) = sorted(fits)
    if most > least:
        yield name


def _entries(name: str, lines: Sequence[bytes]) -> int:
    return sum(isinstance(parse_line(line, order=(name,), zone=UTC), LogEntry) for line in lines)


def _read_by(name: str, lines: Sequence[bytes]) -> tuple[int, int]:
    """Return how many lines a format reads, and how many lines are no noise to it."""
    try:
        lookup(name)
    except OptionError:
        return 0, 0
    read = [parse_line(line, order=(name,), zone=UTC) for line in lines]
    judged = [one for one, line in zip(read, lines, strict=True) if not _is_noise(one, line)]
    if name.endswith((_RAW_TARGET, _NGINX["%U%q"])) and any(map(_has_blank, judged)):
        return 0, 0  # the target takes the text behind it in other lines
    return sum(map(_is_request, judged)), len(judged)


def _is_noise(one: object, line: bytes) -> bool:
    """Return whether a line is noise. Other text with a method may be the request of another line's shape."""
    return isinstance(one, Noise) and not (one.reason == OTHER_TEXT and _METHOD.search(line))


def _has_blank(one: object) -> bool:
    return isinstance(one, LogEntry) and " " in (one.target or "")


def _is_request(one: object) -> bool:
    if not isinstance(one, LogEntry) or one.target is None or _has_blank(one):
        return False
    return one.status == 0 or STATUS.fullmatch(str(one.status)) is not None


def _object(line: bytes) -> Mapping[str, object] | None:
    start = json_lines.object_start(line)
    return None if start is None else json_lines.parse_object(line[start:])


# The columns that IIS writes by default, in recent versions and before. Their times are in UTC.
_IIS = tuple(
    f"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent)"
    f"{referer} sc-status sc-substatus sc-win32-status time-taken"
    for referer in (" cs(Referer)", "")
)
_IIS_LINE = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [0-9A-Fa-f.:]+ [A-Z]+ /\S* \S+ \d{1,5} \S+ [0-9A-Fa-f.:]+ "
)
_Kinds = list[tuple[str, str]]
"""The pieces of a line: the kind and the text of each."""


def _shape(line: bytes, *, carried: bool, whole: bool) -> str | None:
    """Return a line as a format string, up to the last of time, status and request, or the `whole` line.

    Return `None` if the line lacks one of them. A color, or with `carried` a carrier's prefix, is left out.
    """
    start = (_COLLECTED() if carried else _COLOR).match(line[:HEAD_BYTES])
    kinds = _needed_once(_kinds(line[start.end() if start else 0 :].decode("utf-8", "replace")))
    if kinds is None:
        return None
    last = max(place for place, (kind, _) in enumerate(kinds) if kind not in (*_FILLING, "phrase"))
    closing = kinds[last + 1 : last + 2]
    if not whole and kinds[last][0] == "%>s":  # only a status may be followed by any text
        kinds = kinds[: last + 1 + (closing == [("literal", '"')])]
    nginx = any(kind.startswith("$") for kind, _ in kinds)
    return _PADDING.sub("  ", "".join(_written(kind, piece, nginx=nginx) for kind, piece in kinds))


_PADDING = re.compile(" {2,}")
"""Blanks that fill a column. In a format string, two of them match any number."""


_FILLING = ("word", "quoted", "literal", "list")


@lru_cache(maxsize=2 * _LINES)
def _kinds(text: str) -> _Kinds:
    """Return the first pieces of a line. They are kept, because a line is given several shapes."""
    kinds: _Kinds = []
    at = 0
    while at < len(text) and len(kinds) < _PIECES_READ:
        closing = kinds.count(("literal", '"')) % 2 == 1 or bool(kinds and kinds[-1][0] == "%r")
        kind, match = _piece(text, at, closing=closing)
        kinds.append((kind, match[0]))
        at = match.end()
        phrase = _PHRASE.match(text, at) if kind == "%>s" else None
        if phrase is not None:
            kinds += [("literal", " "), ("phrase", phrase[1])]
            at = phrase.end()
    return kinds


def _needed_once(kinds: _Kinds) -> _Kinds | None:
    """Return the same pieces with one time, one status and one request; others become words.

    Return `None` if one of them is missing. The first time is taken, and the status next to the request.
    """
    places = {
        part: [at for at, (kind, _) in enumerate(kinds) if kind in names]
        for part, names in _PARTS.items()
    }
    kept = {places["time"][0]} if places["time"] else set()
    if places["request"]:
        request = {places["request"][0]}
    else:
        request = _method_and_target(places["method"], places["target"])
        if not request:
            return None
    status = _status_of_request(kinds, places["status"], max(request))
    if not kept or status is None:
        return None
    kept |= request | {status} | _times_of_haproxy(kinds)
    found: _Kinds = []
    for at, (kind, text) in enumerate(kinds):
        of_status = kind == "phrase" and at == status + 2
        found += [(kind, text)] if kind in _FILLING or at in kept or of_status else _words(text)
    return _with_whole_words(found)


def _method_and_target(methods: Sequence[int], targets: Sequence[int]) -> set[int]:
    """Return the places of a method and of the target behind it, the two that are next to each other.

    Another method may be the level of a logger (`TRACE`). If no target is behind a method, the last one
    before it is taken. The set is empty without both.
    """
    best: tuple[int, int] | None = None
    last = None
    method_places = frozenset(methods)
    for at in sorted((*methods, *targets)):
        if at in method_places:
            last = at
        elif last is not None and (best is None or at - last < best[1] - best[0]):
            best = last, at
    if best is None and methods and targets:
        best = methods[0], targets[-1]
    return set() if best is None else {*best}


def _times_of_haproxy(kinds: _Kinds) -> set[int]:
    """Return the place of HAProxy's times, of which the last is the longest.

    Its five numbers of connections look alike, but the first of them is the greatest.
    """
    for place, (kind, text) in enumerate(kinds):
        if kind == _HAPROXY_TIMES:
            *others, whole = map(int, text.split("/"))
            if whole > 0 and whole >= max(others):
                return {place}
    return set()


def _with_whole_words(kinds: _Kinds) -> _Kinds:
    """Return the same pieces, but each text between separators without a needed part as one word.

    So a user agent such as `curl/8 (x)` or `a=b` may be another one in the next line.
    """
    found: _Kinds = []
    run: _Kinds = []
    for kind, text in [*kinds, ("literal", " ")]:
        if kind == "quoted" or (kind, text) in _BETWEEN:
            plain = run and all(one in ("word", "literal") for one, _ in run)
            found += [("word", "")] if plain else run
            found.append((kind, text))
            run = []
        else:
            run.append((kind, text))
    return found[:-1]


_BETWEEN = frozenset(("literal", one) for one in ' \t"|;,')


def _words(text: str) -> _Kinds:
    """Return the words of a text, and the literals between them."""
    return [("literal" if one in _SEPARATORS else "word", one) for one in _WORD.findall(text)]


def _status_of_request(kinds: _Kinds, places: Sequence[int], request: int) -> int | None:
    """Return the place of the status: right after the request, right before it, or else the only one."""
    behind = [at for at in places if at > request and _only_literals(kinds[request + 1 : at])]
    before = [at for at in places if at < request and _only_literals(kinds[at + 1 : request])]
    near = behind[:1] or before[-1:]
    named = [
        at
        for at in places
        if _NAMED.fullmatch("".join(one for _, one in kinds[max(0, at - 3) : at])[-12:])
    ]
    found = near or named[:1] or (places if len(places) == 1 else places[:0])
    return found[0] if found else None


def _only_literals(kinds: Sequence[tuple[str, str]]) -> bool:
    """Return whether there are only separators, a method, a reason phrase or a version between two places."""
    return all(
        kind in ("literal", "%m", "phrase") or _VERSION.fullmatch(text) or _SIGNS.fullmatch(text)
        for kind, text in kinds
    )


def _piece(text: str, at: int, *, closing: bool) -> tuple[str, re.Match[str]]:
    """Return the kind and the match of the piece that begins at `at`.

    `closing` says that a quote before a needed part is open. Then the next quote is its end.
    """
    for kind, pattern in _PIECES:
        match = None if closing and kind == "quoted" else pattern.match(text, at)
        if match is not None:
            return kind, match
    raise AssertionError(text[at])  # every character matches one of the patterns


def _written(kind: str, piece: str, *, nginx: bool) -> str:
    if kind == "literal":
        return piece
    return (_NGINX if nginx else _APACHE).get(kind, kind)


@cache
def _COLLECTED() -> re.Pattern[bytes]:  # noqa: N802 - a constant that is made when it is needed
    return re.compile(COLLECTED)
