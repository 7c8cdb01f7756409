"""No text of a log breaks a medium, whatever is in it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len

from flask_status_cli.model import (
    Condition,
    Counts,
    DataSpan,
    DaySummary,
    Headline,
    NoData,
    Origin,
    Policy,
    ReportDays,
    RouteSummary,
    StatusSummary,
    TotalSummary,
)
from flask_status_cli.model.deploys import (
    ComparisonLimit,
    Deploy,
    DeployComparison,
    DeploySide,
    DeploySummary,
)
from flask_status_cli.model.report.problems import (
    AfterTheReport,
    ClockDoubted,
    InTheFuture,
    MostlyNotFound,
    NoEntries,
    NotUnderstood,
    RunProblems,
)
from flask_status_cli.render import csv_report, markdown_report, terminal
from flask_status_cli.render.escape import cell, encodable, printable
from flask_status_cli.render.json import report_json

ATTACKS = (
    "\x1b[2J\x1b]0;owned\x07", "\x9b31m", "[red]x[/]", "/x[/]y", "[link=javascript:x]y[/link]", ":boom:",
    "<script>alert(1)</script>", "![x](https://e.example/a.png)", "[x](javascript:y)", "a | b", "`", "``x``",
    "\\|", "|" * 50, "\n\n# x", "| a |\n| - |", "@everyone #1 GH-1", "https://e.example", "www.e.example",
    "deadbeefcafe", "~~~", "```\n", "</code><img src=x>", "&lt;b&gt;", "*b* _i_ ~s~", "=1+1", "@SUM(A1)",
    "\u202eevil", "\u2028", "\ud800", "\udce9", "\x00", "日本語" * 100, "👩\u200d🚀", "e\u0301" * 9,
    "/" + "x" * 8000, " ", "", "{0}", "%s", "$&",
)  # fmt: skip

TEXT = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(st.characters(exclude_categories=[]), max_size=60),
    st.lists(st.sampled_from(ATTACKS), max_size=4).map("".join),
)
NUMBER = st.one_of(st.integers(0, 300), st.integers(0, 10**15))
COUNTS = st.builds(Counts, NUMBER, NUMBER, NUMBER)
STATE = st.sampled_from(Condition)
WHY = st.one_of(st.none(), st.sampled_from(NoData))
SHARE = st.sampled_from([None, "100%", "99.99%", "0.00%"])
DAY = st.builds(DaySummary, st.just(date(2026, 11, 23)), STATE, WHY, COUNTS, SHARE)
STATUSES = st.dictionaries(st.integers(0, 999), NUMBER, max_size=3)
INSTANT = st.one_of(
    st.none(),
    st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
)

MOMENT = INSTANT.filter(bool)
SIDE = st.builds(DeploySide, MOMENT, MOMENT, COUNTS, SHARE, NUMBER)
COMPARISON = st.builds(DeployComparison, NUMBER, st.sampled_from(ComparisonLimit), SIDE, SIDE)
DEPLOY = st.builds(
    DeploySummary,
    st.builds(Deploy, NUMBER, TEXT, MOMENT, TEXT, TEXT),
    st.booleans(),
    st.one_of(st.none(), COMPARISON),
)
MANY = st.integers(1, 10**15)
PROBLEM = st.one_of(
    st.builds(NoEntries, INSTANT, INSTANT),
    st.builds(RunProblems, MANY),
    st.builds(NotUnderstood, MANY, MANY),
    st.builds(InTheFuture, MANY, MOMENT),
    st.builds(AfterTheReport, MANY, MOMENT),
    st.builds(ClockDoubted, MOMENT, MOMENT),
)


@st.composite
def summaries(draw: st.DrawFn) -> StatusSummary:
    """Any summary of a window of up to 100 days, its numbers not even adding up."""
    days = draw(st.sampled_from([1, 7, 30, 100]))
    row = st.builds(
        RouteSummary,
        TEXT, TEXT, TEXT, TEXT,
        st.sampled_from(Origin), STATE, WHY, STATE, COUNTS, SHARE, STATUSES,
        DAY.map(lambda day: (day,) * days),
    )  # fmt: skip
    data = st.builds(
        DataSpan,
        INSTANT, INSTANT, INSTANT, NUMBER, NUMBER, NUMBER, NUMBER, INSTANT, st.booleans(),
        st.lists(PROBLEM, max_size=2).map(tuple),
    )  # fmt: skip
    return StatusSummary(
        generated_at=datetime(2026, 11, 23, 10, 5, tzinfo=UTC),
        zone=draw(st.sampled_from([UTC, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")])),
        timezone=draw(st.sampled_from(["UTC", "Asia/Kolkata", "local (UTC-03:30)"])),
        window=ReportDays(days, date(2026, 11, 23), date(2026, 11, 23)),
        policy=Policy("standard", ("2xx", 304), ("5xx",), Fraction(99, 100), Fraction(3, 10)),
        data=draw(data),
        total=draw(st.builds(TotalSummary, STATE, WHY, STATE, COUNTS, SHARE, STATUSES)),
        routes=draw(st.lists(row, max_size=4).map(tuple)),
        hints=draw(st.lists(st.builds(MostlyNotFound, NUMBER), max_size=1).map(tuple)),
        deploys=draw(st.lists(DEPLOY, max_size=2).map(tuple)),
    )


@given(summaries(), st.integers(40, 260), st.booleans(), st.booleans())
def test_a_terminal_is_sent_styles_and_printable_text(
    summary: StatusSummary, width: int, color: bool, ascii_only: bool
) -> None:
    text = terminal.render(summary, width=width, color=color, ascii_only=ascii_only)
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert text == plain or color
    assert plain.isascii() or not ascii_only
    for line in plain.split("\n"):
        assert line.isprintable()
        assert cell_len(line) <= width


@given(summaries())
def test_json_reads_back(summary: StatusSummary) -> None:
    text = report_json.render(summary)
    assert text.isascii()
    assert text.count("\n") == 1
    routes = json.loads(text)["routes"]
    assert [row["rule"] for row in routes] == [encodable(each.rule) for each in summary.routes]
    assert [row["requests"] for row in routes] == [each.counts.requests for each in summary.routes]
    json.dumps(routes, ensure_ascii=False).encode()


@given(summaries())
def test_csv_reads_back_without_a_formula(summary: StatusSummary) -> None:
    text = csv_report.render(summary)
    text.encode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["rule"] for row in rows] == [cell(each.rule) for each in summary.routes]
    assert [int(row["failure"]) for row in rows] == [each.counts.failure for each in summary.routes]
    assert not any((value or "x")[0] in "=+-@\t\r" for row in rows for value in row.values())
    assert len(text.splitlines()) == len(summary.routes) + 1


@given(summaries())
def test_markdown_is_one_table_without_foreign_markup(summary: StatusSummary) -> None:
    text = markdown_report.render(summary)
    text.encode()
    assert all(line.isprintable() for line in text.split("\n"))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows = list(cells_of_rows(tokens))
    assert len(rows) == (len(summary.routes) + 2 if summary.routes else 0)
    for row, route in zip(rows[1:-1], summary.routes, strict=False):
        assert len(row) == 5
        assert code_of(row[1])[-1].strip() == printable(route.rule).strip()
    for token in inline(tokens):
        allowed = {"text", "code_inline", "strong_open", "strong_close"}
        assert token.type in allowed or token.content in {"<code>", "</code>"}


@pytest.mark.parametrize(
    "attack", ["@everyone", "#1", "GH-1", "https://e.example", "deadbeefcafe", ":x:"]
)
def test_text_that_github_would_make_a_link_is_code(attack: str) -> None:
    row = next(iter(sample_rows(attack)))
    assert f"`{attack}`" in row
    assert attack not in re.sub("`[^`]*`", "", row)


@pytest.mark.parametrize(
    "name", ["Index", "Pay for an order", "Käse, Brot & Wein", "Sign-up (new)"]
)
def test_a_harmless_name_is_plain_text(name: str) -> None:
    row = next(iter(sample_rows(name)))
    assert f"| {name.replace('&', '&amp;')} `/` |" in row


def sample_rows(name: str) -> Iterator[str]:
    counts = Counts(1, 0, 0)
    up = Condition.OPERATIONAL
    route = RouteSummary("", "/", name, "", Origin.APP, up, None, up, counts, "100%", {200: 1}, ())
    data = DataSpan(None, None, None, 1, 0, 0, 0, None, False, ())
    summary = StatusSummary(
        generated_at=datetime(2026, 11, 23, tzinfo=UTC),
        zone=UTC,
        timezone="UTC",
        window=ReportDays(1, date(2026, 11, 23), date(2026, 11, 23)),
        policy=Policy("standard", ("2xx",), ("5xx",), Fraction(99, 100), Fraction(3, 10)),
        data=replace(data, last=datetime(2026, 11, 23, tzinfo=UTC)),
        total=TotalSummary(up, None, up, counts, "100%", {200: 1}),
        routes=(route,),
        headline=Headline(operational=1),
    )
    return (
        line
        for line in markdown_report.render(summary).splitlines()
        if "Fully Operational |" in line
    )


def cells_of_rows(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yields the inline tokens of each row's cells."""
    row: list[Token] = []
    for before, token in itertools.pairwise(tokens):
        if before.type in {"th_open", "td_open"}:
            row.append(token)
        if token.type == "tr_close":
            yield row
            row = []


def inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def code_of(token: Token) -> list[str]:
    """Returns what a cell shows as code, in code spans and in `<code>`."""
    found: list[str] = []
    inside = False
    for child in token.children or ():
        if child.type == "code_inline":
            found.append(child.content)
        elif child.type == "html_inline":
            inside = child.content == "<code>"
            found += [""] if inside else []
        elif inside:
            found[-1] += child.content
    return found
