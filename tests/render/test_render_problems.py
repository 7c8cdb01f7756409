"""The problems and hints of a report, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import pytest

from flask_status_cli.model import PathFailures
from flask_status_cli.model.report.problems import (
    AfterTheReport,
    ClockDoubted,
    Hint,
    InTheFuture,
    MostlyNotFound,
    NoEntries,
    NotUnderstood,
    Problem,
    RunProblems,
    UnjudgedRoutes,
    UnmatchedErrors,
    UnmatchedPaths,
)
from flask_status_cli.render.text.problems import _SAID, hints, problems
from flask_status_cli.render.text.words import ENGLISH, Words

if TYPE_CHECKING:
    from tests.render.conftest import Example

LONG_AGO = datetime(2015, 5, 20, 21, 5, tzinfo=UTC)
SOON = datetime(2026, 11, 23, 16, 31, tzinfo=UTC)  # the report is of 10:05 that day
TOMORROW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
TRY = "flask-status ingest --dry-run --json --db new.db"

SAID = [
    # nothing in the window: where something is, and what to try
    (NoEntries(None, None), "UTC",
     "The database holds no entries. Try: flask-status ingest LOG",
     "La base de datos no tiene entradas. Pruebe: flask-status ingest REGISTRO"),
    (NoEntries(LONG_AGO, LONG_AGO), "Europe/Berlin",
     ("No entries in the last 30 days; the newest is from 2015-05-20 23:05 +02:00. "
     "Try: flask-status report --now last"),
     ("Ninguna entrada en los últimos 30 días; la más reciente es de 2015-05-20 23:05 +02:00. "
     "Pruebe: flask-status report --now last")),
    (NoEntries(None, SOON), "UTC",
     "No entries in the last 30 days; the oldest is from 2026-11-23 16:31 UTC",
     "Ninguna entrada en los últimos 30 días; la más antigua es de 2026-11-23 16:31 UTC"),
    # how many problems, and never which: they name files
    (RunProblems(1), "UTC",
     "The last ingest had a problem; see flask-status db info",
     "La última lectura tuvo un problema; véase flask-status db info"),
    (RunProblems(12), "UTC",
     "The last ingest had 12 problems; see flask-status db info",
     "La última lectura tuvo 12 problemas; véase flask-status db info"),
    # shares are floored
    (NotUnderstood(1, 99), "UTC",
     f"1 of 99 lines (1.01 %) was not understood. Try: {TRY} LOG",
     f"1 de 99 líneas (1.01 %) no se entendió. Pruebe: {TRY} REGISTRO"),
    (NotUnderstood(1_999, 20_000), "UTC",
     f"1,999 of 20,000 lines (9.99 %) were not understood. Try: {TRY} LOG",
     f"1999 de 20 000 líneas (9.99 %) no se entendieron. Pruebe: {TRY} REGISTRO"),
    # the time alone on the report's day, in its zone
    (InTheFuture(1, SOON), "Asia/Kolkata",
     "1 entry lies in the future (until 22:01): wrong --log-timezone?",
     "1 entrada es futura (hasta 22:01): ¿--log-timezone equivocado?"),
    (InTheFuture(12, TOMORROW), "UTC",
     "12 entries lie in the future (until 2026-11-24 00:00): wrong --log-timezone?",
     "12 entradas son futuras (hasta 2026-11-24 00:00): ¿--log-timezone equivocado?"),
    (AfterTheReport(1, SOON), "UTC",
     "1 entry is later than the instant of this report (until 16:31)",
     "1 entrada es posterior al instante de este informe (hasta 16:31)"),
    (AfterTheReport(1_204, SOON), "UTC",
     "1,204 entries are later than the instant of this report (until 16:31)",
     "1204 entradas son posteriores al instante de este informe (hasta 16:31)"),
    (ClockDoubted(datetime(2027, 11, 23, 12, tzinfo=UTC), SOON), "UTC",
     ("The clock of the last ingest (2027-11-23 12:00 UTC) is far ahead of the one before "
      "(2026-11-23 16:31 UTC). Pruning trusts it after runs on 7 days. If it is right: "
      "flask-status db prune --believe-clock"),
     ("El reloj de la última lectura (2027-11-23 12:00 UTC) va muy adelantado respecto al de la anterior "
      "(2026-11-23 16:31 UTC). La poda se fiará de él tras lecturas en 7 días. Si es correcto: "
      "flask-status db prune --believe-clock")),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "zone", "english", "spanish"), SAID)
def test_a_problem_is_a_sentence(
    problem: Problem, zone: str, english: str, spanish: str, example: Example
) -> None:
    summary = example.summary(data=example.data(problems=(problem,)), timezone=zone)
    assert list(problems(summary, ENGLISH)) == [english]
    assert list(problems(summary, Words.of("es"))) == [spanish]


def test_a_window_of_one_day_is_today(example: Example) -> None:
    summary = example.summary(data=example.data(problems=(NoEntries(None, SOON),)), timezone="UTC")
    today = replace(summary, window=replace(summary.window, days=1))
    assert list(problems(today, ENGLISH)) == [
        "No entries today; the oldest is from 2026-11-23 16:31 UTC"
    ]


NAMED = "flask-status routes show '<unmatched>'"
SYNC = "flask-status routes sync --app"
HINTS = [
    (
        MostlyNotFound(92),
        '404s are 92 % of these failures; "--policy server-errors" judges 5xx only',
    ),
    (
        UnjudgedRoutes(
            (PathFailures("/a\x1b", {401: 2, 403: 60}), PathFailures("/b", {403: 10})), 1
        ),
        (
            "/a\\x1b (403 × 60, 401 × 2), /b (403 × 10) and 1 more route: only ignored codes in the last "
            "hour, although most requests succeeded before"
        ),
    ),
    (
        UnmatchedErrors(1, synced=True),
        f"1 server error has no route; {NAMED} names its path",
    ),
    (
        UnmatchedErrors(1200, synced=False),
        (
            f"1,200 server errors have no route; {NAMED} names their paths, "
            f"and {SYNC} gives every request its rule"
        ),
    ),
    (
        UnmatchedPaths(
            (
                PathFailures("", {200: 2, 400: 1234, 408: 3, 501: 1}),
                PathFailures("/r/*", {301: 99, 308: 7}),
            ),
            67,
        ),
        (
            "67 % of the requests have no route, most often requests without a known path (400 × 1,234, "
            f"408 × 3, 200 × 2, …), /r/* (301 × 99, 308 × 7); {NAMED} names more"
        ),
    ),
]


@pytest.mark.parametrize(("hint", "text"), HINTS)
def test_a_hint_is_a_sentence(hint: Hint, text: str, example: Example) -> None:
    assert list(hints(example.summary(hints=(hint,)), ENGLISH)) == [text]


def test_every_kind_of_problem_has_words() -> None:
    assert set(_SAID) == {*get_args(Problem), *get_args(Hint)}
