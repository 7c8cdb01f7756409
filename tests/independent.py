"""Counts the requests of an access log by other people's rules, so that ours can be checked against them.

Nothing here is shared with flask_status_cli. The methods:

- `clf`: the parser of the PyPI package apachelogs, format by format (`CLF_FORMATS`);
- `exchanges`: no parsing at all: what the client was answered when the log was recorded, and which
  bytes of the log came of it (`captured/exchanges.jsonl`);
- `werkzeug`: from the end of the line backwards, as `http.server` puts a line together;
- `json`: Python's `json`, and the names that the log's server has for status and time;
- `split`: cut at the blanks, tabs or brackets that the server's documentation tells of;
- `hand`: settled line by line.

A line that the method cannot place must be settled in `by_hand.jsonl`, with a reason. Only whole lines
are counted: a last line without its line end waits until it is finished.

`python tests/independent.py` writes the `*.expected.jsonl` beside the logs anew.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

from apachelogs import InvalidEntryError, LogParser  # type: ignore[import-untyped]  # ships no types

LOGS = Path(__file__).parent.parent / "fixtures" / "logs"

STEM = '%u %t "%r" %>s %b'
AGENT = '"%{Referer}i" "%{User-Agent}i"'
CLF_FORMATS = (
    f"%h %l {STEM} {AGENT}",
    f"%h %l {STEM}",
    f'%h %l {STEM} {AGENT} "%{{X-Forwarded-For}}i"',
    f'%h %l {STEM} {AGENT} "%{{X-Forwarded-For}}i" %{{request_time}}e',
    f"%v:%p %h %l {STEM} {AGENT} %D",
    f"%h %l {STEM} %D {AGENT}",
    f"%h %l {STEM} %I %O %T {AGENT}",
    f'%h %l {STEM} "%{{Referer}}i "%{{User-Agent}}i"',  # a format string that lost a quote
)

Cell = tuple[str, int]
"""A UTC minute such as 2015-05-17T10:05Z, and a status code."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a log holds: `lines == entries + noise + refused`, and the requests of every cell."""

    lines: int
    entries: int
    noise: int
    refused: int
    cells: Mapping[Cell, int]

    @property
    def statuses(self) -> Mapping[int, int]:
        """Requests per status code, ascending."""
        total = Counter[int]()
        for (_, status), requests in sorted(self.cells.items(), key=lambda item: item[0][1]):
            total[status] += requests
        return total

    def text(self) -> str:
        """The lines of an `*.expected.jsonl`: the totals, then a line a cell."""
        totals = {k: getattr(self, k) for k in ("lines", "entries", "noise", "refused")}
        cells = [
            {"minute": minute, "status": status, "requests": requests}
            for (minute, status), requests in sorted(self.cells.items())
        ]
        return "".join(json.dumps(row) + "\n" for row in [totals, *cells])


@dataclass(frozen=True, slots=True)
class Log:
    """A log of the index, with the method that counts it."""

    path: str
    count: str
    special: str
    zone: str = "UTC"

    @property
    def file(self) -> Path:
        """The log itself."""
        return LOGS / self.path

    @property
    def expected(self) -> Path:
        """What is expected of it."""
        return LOGS / f"{self.path}.expected.jsonl"


def logs() -> list[Log]:
    """Every log of `fixtures/logs/index.toml`."""
    return [Log(**row) for row in tomllib.loads((LOGS / "index.toml").read_text())["log"]]


def read_expected(text: str) -> Expected:
    """Reads what `Expected.text` wrote."""
    totals, *cells = map(json.loads, text.splitlines())
    return Expected(**totals, cells={(c["minute"], c["status"]): c["requests"] for c in cells})


def count(log: Log) -> Expected:
    """Counts a log of the index by its method."""
    return count_lines(
        log.file.read_bytes(), method=log.count, zone=log.zone, path=log.path, settled=by_hand(log)
    )


def count_lines(
    data: bytes,
    *,
    method: str,
    zone: str = "UTC",
    path: str = "",
    settled: Mapping[int, str | Cell] | None = None,
) -> Expected:
    """Counts the whole lines of `data`; a line that neither the method nor `settled` places is an error."""
    verdicts = Counter[str | Cell]()
    if method == "exchanges":
        verdicts.update(exchanges(data, zone=zone, path=path))
    else:
        place = METHODS[method]
        for number, line in enumerate(data.split(b"\n")[:-1], 1):
            verdict = (settled or {}).get(number) or place(line.removesuffix(b"\r"), zone)
            if verdict is None:
                raise ValueError(f"{path}:{number}: not settled by hand: {line[:200]!r}")
            verdicts[verdict] += 1
    noise, refused = verdicts.pop("noise", 0), verdicts.pop("refused", 0)
    cells = {cell: requests for cell, requests in verdicts.items() if isinstance(cell, tuple)}
    entries = sum(cells.values())
    return Expected(entries + noise + refused, entries, noise, refused, cells)


def clf(line: bytes, zone: str) -> Cell | None:
    """Places a line of the Common Log Format family with apachelogs; its stamps carry their zone."""
    for parser in clf_parsers():
        try:
            entry = parser.parse(line.decode("latin-1"))
        except InvalidEntryError:
            continue
        return minute(entry.request_time), entry.final_status
    return None


@cache
def clf_parsers() -> tuple[LogParser, ...]:
    """The parsers of `CLF_FORMATS`, made once."""
    return tuple(LogParser(pattern) for pattern in CLF_FORMATS)


def werkzeug(line: bytes, zone: str) -> Cell | None:
    """Places a line that ends as `http.server` ends one: `] "REQUEST" STATUS -`."""
    head, _, status = line.removesuffix(b" -").rpartition(b" ")
    stamp, bracket, _ = head.partition(b" - - [")[2].partition(b'] "')
    if not (line.endswith(b" -") and head.endswith(b'"') and bracket):
        return None
    code = status.decode().removeprefix("HTTPStatus.")
    return local_minute(stamp.decode(), zone), int(HTTPStatus[code] if code.isupper() else code)


def exchanges(data: bytes, *, zone: str, path: str) -> Iterator[str | Cell]:
    """Places the lines of a recorded log: of each exchange, the last line of its server is the request."""
    start = 0
    for row in map(json.loads, (LOGS / "captured/exchanges.jsonl").read_text().splitlines()):
        if row["log"] != Path(path).name or not row["bytes"]:
            continue
        chunk = data[start : start + row["bytes"]]
        start += row["bytes"]
        others = chunk.count(b"\n")
        if row["answered"] is not None:
            stamp = chunk.partition(b" [")[2].partition(b'] "')[0].partition(b"]")[0].decode()
            aware = stamp[-5:-4] in "+-"
            yield aware_minute(stamp) if aware else local_minute(stamp, zone), row["answered"]
            others -= 1
        yield from ["noise"] * others
    if start != len(data):
        raise ValueError(f"{path}: {len(data) - start} bytes came of no exchange")


def by_hand(log: Log) -> dict[int, str | Cell]:
    """The lines of a log that were settled by hand: line number → `noise`, `refused` or a cell."""
    settled: dict[int, str | Cell] = {}
    for row in map(json.loads, (LOGS / "by_hand.jsonl").read_text().splitlines()):
        if row["log"] == log.path:
            verdict = (row["minute"], row["status"]) if row["is"] == "entry" else row["is"]
            settled.update(dict.fromkeys(range(row["from"], row["to"] + 1), verdict))
    return settled


JSON_NAMES = (
    ("DownstreamStatus", "StartUTC"),
    ("EdgeResponseStatus", "EdgeEndTimestamp"),
    ("response_code", "start_time"),
    ("status", "time"),
    ("status", "ts"),
)


def json_line(line: bytes, zone: str) -> Cell | None:
    """Places a JSON object by the first pair of names that it has."""
    try:
        found = json.loads(line[line.find(b"{") :].decode("latin-1"))
    except ValueError:
        return None
    for status, time in JSON_NAMES:
        if status in found and time in found:
            return minute(json_instant(found[time])), int(found[status])
    return None


def json_instant(value: str | float) -> datetime:
    """The instant of a text as ISO 8601 has it, or of seconds or nanoseconds since 1970."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return datetime.fromtimestamp(value / 1e9 if value > 1e17 else value, UTC)


def split(line: bytes, zone: str) -> Cell | None:
    """Places a line of uWSGI, HAProxy, Envoy, or in LTSV."""
    text = line.decode("latin-1").partition(" stdout F ")[2] or line.decode("latin-1")
    if text.startswith("[pid: "):
        stamp = text.partition("} [")[2].partition("]")[0]
        local = datetime.strptime(stamp, "%a %b %d %H:%M:%S %Y").replace(tzinfo=ZoneInfo(zone))
        return minute(local), int(text.partition("(HTTP/")[2].partition(")")[0].split(" ")[1])
    if "\tstatus:" in text:
        pairs = dict(part.split(":", 1) for part in text.split("\t"))
        return minute(datetime.fromisoformat(pairs["time"])), int(pairs["status"])
    if '] "' in text and text.startswith("["):
        behind = text.partition('] "')[2].partition('" ')[2]
        return minute(datetime.fromisoformat(text[1:].partition("]")[0])), int(behind.split(" ")[0])
    words = text.split(" ")
    if len(words) > 9 and words[1].startswith("[") and words[5].isdigit():
        stamp = words[1].strip("[]").partition(".")[0].replace(":", " ", 1)
        return local_minute(stamp, zone), int(words[5])
    return None


def json_or_split(line: bytes, zone: str) -> Cell | None:
    """Places a line of a log that a server writes as text and as JSON."""
    return json_line(line, zone) or split(line, zone)


def hand(line: bytes, zone: str) -> Cell | None:
    """Places nothing: every line is settled by hand."""
    return None


METHODS: Mapping[str, Callable[[bytes, str], Cell | None]] = {
    "clf": clf,
    "werkzeug": werkzeug,
    "json": json_line,
    "split": split,
    "json or split": json_or_split,
    "hand": hand,
}


def minute(instant: datetime) -> str:
    """The UTC minute of an aware instant."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def aware_minute(stamp: str) -> str:
    """The UTC minute of a stamp such as 23/Nov/2026:06:42:01 +0530."""
    return minute(datetime.strptime(stamp, "%d/%b/%Y:%H:%M:%S %z"))


def local_minute(stamp: str, zone: str) -> str:
    """The UTC minute of a stamp such as 23/Nov/2026 06:39:43, local to `zone`."""
    local = datetime.strptime(stamp, "%d/%b/%Y %H:%M:%S").replace(tzinfo=ZoneInfo(zone))
    return minute(local)


if __name__ == "__main__":
    for each in logs():
        each.expected.write_text(count(each).text())
