"""The days of a route as one small drawing: a path per condition, a stroke per run of equal days.

Days are one unit wide; the style sheet cuts a stroke into days by dashes, which begin anew with every
run. That is a fourth of the bytes of an element per day, and unlike backgrounds it prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby

from flask_status_cli.model import WORST_FIRST, Condition, DaySummary
from flask_status_cli.render.html.looks import LOOKS
from flask_status_cli.render.words import Words

WORST_DAYS = 3
"""How many days the label of a strip names."""

MIN_DAYS = 30
"""How many days a strip has room for at least, so that a day is never a wide block."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The drawing of a route's days: (class, path data) for each condition met, and its text alternative."""

    paths: tuple[tuple[str, str], ...]
    label: str


def strip(days: Sequence[DaySummary], words: Words) -> Strip:
    """Return the drawing of `days`, oldest first."""
    lengths: dict[Condition, int] = {}
    drawn: dict[Condition, str] = {}
    start = 0
    for condition, run in groupby(days, key=_condition):
        length = sum(1 for _ in run)
        lengths[condition] = lengths.get(condition, 0) + length
        stroke = f"M{start} {LOOKS[condition].centre}h{length}"
        drawn[condition] = drawn.get(condition, "") + stroke
        start += length
    paths = tuple(
        (LOOKS[condition].css, drawn[condition]) for condition in LOOKS if condition in drawn
    )
    return Strip(paths, _label(days, lengths, words))


def box(days: int) -> str:
    """Return the view box of strips of `days` days: the last day at its right, 30 days in it or more."""
    return f"{min(days - MIN_DAYS, 0)} -12 {max(days, MIN_DAYS)} 20"


def _condition(day: DaySummary) -> Condition:
    return day.condition


def _label(days: Sequence[DaySummary], lengths: Mapping[Condition, int], words: Words) -> str:
    totals = ", ".join(
        words.many("page.days", lengths[condition], state=words.condition(condition))
        for condition in WORST_FIRST
        if condition in lengths
    )
    failed = [day for day in days if day.counts.failure]
    if not failed:
        return totals
    worst = ", ".join(
        f"{day.date.isoformat()} {day.availability}"
        for day in nsmallest(WORST_DAYS, failed, key=_badness)
    )
    return words.say("page.worst", days=totals, worst=worst)


def _badness(day: DaySummary) -> tuple[float, int, int]:
    """Sort the worst first: the highest share of failures, then the most of them, then the latest."""
    share = day.counts.failure / day.counts.valid
    return -share, -day.counts.failure, -day.date.toordinal()
