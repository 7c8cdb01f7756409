"""One result, many media: terminal, page, Markdown, CSV and JSON show the same figures of a real log."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from flask_status_cli.cli import run

FIXTURES = Path(__file__).parents[2] / "fixtures"
WORDS = {
    "operational": "Fully Operational",
    "partial_outage": "Partial Outage",
    "major_outage": "Major Outage",
    "no_data": "No Data",
}
STRIPS = {
    "▇": "operational",
    "▄": "partial_outage",
    "✕": "major_outage",
    "·": "no_data",
    " ": "no_data",
}
DRAWN = {"o": "operational", "p": "partial_outage", "m": "major_outage", "n": "no_data"}


class Row(NamedTuple):
    """A route as a medium shows it."""

    rule: str
    now: str
    availability: str
    requests: int
    failures: int


class Cells(html.parser.HTMLParser):
    """The body rows of the page's tables: the texts of their cells, and the strips drawn in them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.strips: list[list[str]] = []
        self._in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._in = True
            self.rows[-1].append("")
        elif tag == "svg" and self._in:
            self.strips.append([""] * 30)
        elif tag == "path" and self._in:
            for start, length in re.findall(r"M(\d+) -?\d+h(\d+)", given["d"] or ""):
                for day in range(int(start), int(start) + int(length)):
                    self.strips[-1][day] = DRAWN[str(given["class"])[0]]
        elif tag in ("small", "p") and self._in:
            self.rows[-1][-1] += "\t"

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in:
            self.rows[-1][-1] += data


def _state(word: str) -> str:
    """The state of a word in the column Now. A quiet route has no data now."""
    return "No Data" if word == "Quiet" else word


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _of_json(text: str) -> tuple[list[Row], list[list[str]]]:
    routes = json.loads(text)["routes"]
    rows = [
        Row(r["rule"], WORDS[r["now"]], r["availability"] or "—", r["requests"], r["failure"])
        for r in routes
    ]
    return rows, [[day["condition"] for day in route["days"]] for route in routes]


def _of_csv(text: str) -> list[Row]:
    return [
        Row(
            r["rule"],
            WORDS[r["now"]],
            r["availability"] or "—",
            int(r["requests"]),
            int(r["failure"]),
        )
        for r in csv.DictReader(io.StringIO(text))
    ]


def _of_markdown(text: str) -> list[Row]:
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 5 and cells[2].endswith(("%", "—")) and "Total" not in cells[1]:
            now, route, availability, requests, failures = cells
            rows.append(
                Row(
                    route.strip("`"),
                    _state(now[2:]),
                    availability,
                    _number(requests),
                    _number(failures),
                )
            )
    return rows


def _of_page(text: str) -> tuple[list[Row], list[list[str]]]:
    page = Cells()
    page.feed(text)
    rows = [
        Row(
            c[0].split("\t")[0].strip(),
            _state(c[1].split("\t")[0].strip()[1:]),
            c[2],
            _number(c[3]),
            _number(c[4]),
        )
        for c in page.rows
        if len(c) == 6 and c[3][:1].isdigit()
    ]
    return rows, page.strips


LINE = re.compile(
    r"[✓▲✕–] (?P<now>[A-Z]\w+(?: \w+)?) {2,}(?P<route>\S.*?) +(?P<availability>[\d.]+%|—)"
    r" +(?P<requests>[\d,]+) +(?P<failures>[\d,]+)  (?P<strip>.{0,30})$"
)


def _of_terminal(text: str) -> tuple[list[Row], list[list[str]]]:
    found = [m for line in text.splitlines() if (m := LINE.match(line)) and m["route"] != "Total"]
    rows = [
        Row(
            m["route"],
            _state(m["now"]),
            m["availability"],
            _number(m["requests"]),
            _number(m["failures"]),
        )
        for m in found
    ]
    return rows, [[STRIPS[square] for square in m["strip"].rjust(30)] for m in found]


def _cut(row: Row, like: Row) -> Row:
    """The row with its rule cut as the terminal cut it."""
    before, ellipsis, behind = like.rule.partition("…")
    fits = row.rule.startswith(before) and row.rule.endswith(behind)
    return row._replace(rule=like.rule) if ellipsis and fits else row


@pytest.mark.parametrize(
    "log",
    ["shop.log.gz", "logs/elastic-examples/apache_logs", "logs/nielsbasjes/hackers-access.log"],
)
def test_every_medium_shows_the_same_figures(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    database = ["--db", str(tmp_path / "status.db")]
    assert run([*database, "ingest", "-q", str(FIXTURES / log)]) == 0

    def report(*options: str) -> str:
        as_of = ["report", "--now", "last", "--timezone", "UTC"]
        assert run([*database, *as_of, *options]) == 0
        return capsys.readouterr().out

    rows, strips = _of_json(report("--json"))
    assert rows
    assert _of_csv(report("--csv")) == rows
    assert _of_markdown(report("--markdown", "--all")) == rows
    assert _of_page(report("--html", "-o", "-", "--all")) == (rows, strips)
    shown, drawn = _of_terminal(report("--all"))
    assert shown == [_cut(row, like) for row, like in zip(rows, shown, strict=True)]
    assert drawn == strips
