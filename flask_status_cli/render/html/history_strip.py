"""Draws a strip of periods as one small image, with a path for each state.

A run of equal periods is one stroke. Each period is one unit wide. The style sheet divides a stroke into
periods by dashes. This takes a quarter of the bytes of one element for each day, and unlike backgrounds it is
printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest

from flask_status_cli.frozen import frozen
from flask_status_cli.judgement import availability_text
from flask_status_cli.model import (
    WORST_FIRST,
    Condition,
    Counts,
    DaySummary,
    NoData,
    StretchSummary,
)
from flask_status_cli.render.html.condition_icons import LOOKS
from flask_status_cli.render.text.words import Words

WORST = 3
"""The number of periods that the label of a strip names if the page has room."""

MIN_DAYS = 30
"""A strip has room for at least this many days, so that a day is never a wide block."""

MORE = "+"
"""The end of the figures of a strip if more periods have failures."""

PLAIN, MARKED = 20, 24
"""The height of a strip, without and with room for marks below its periods."""

DENSITIES = ((45, "days"), (135, "days close"))
"""Each class of a strip, with the most periods that it may have. A longer strip is a band without gaps."""

CENTERS: Mapping[str, int] = {look.css: look.center for look in LOOKS.values()}

REASONS: Mapping[NoData | None, str] = {
    None: "",
    NoData.NO_TRAFFIC: "",
    NoData.QUIET: "",
    NoData.IGNORED: " i",
    NoData.NOT_READ: " u",
    NoData.NOT_KEPT: " k",
    NoData.BEFORE_FIRST: " b",
}
"""The class of a period for each reason why there is nothing to judge."""

CSS: Mapping[tuple[Condition, NoData | None], str] = {
    (state, reason): LOOKS[state].css + css for state in LOOKS for reason, css in REASONS.items()
}

ORDER = tuple(dict.fromkeys(CSS.values()))
"""The classes of periods, in the order in which they are drawn."""

Stretch = DaySummary | StretchSummary


@frozen
class Strip:
    """A drawing of periods.

    - `paths`: (class, path data) for each state.
    - `label`: the text alternative.
    - `figures`: for the script, the index, the availability and the number of failures of each period with
      failures: `17 75.00% 500,18 3.00% 97`. A `+` at the end says that there are more.
    """

    paths: tuple[tuple[str, str], ...]
    label: str
    figures: str


@frozen
class StripLimits:
    """The most periods of a strip that have `figures`, and the most that its label names as the `worst`."""

    figures: int = 100_000
    worst: int = WORST


ALL = StripLimits()
"""All periods with failures have figures: no strip is longer than this limit."""


def days(stretches: Sequence[DaySummary], words: Words, *, limits: StripLimits = ALL) -> Strip:
    """Return the drawing of the days of a route, oldest first."""
    return strip(
        dict(enumerate(stretches)),
        "page.days",
        lambda place: stretches[place].date.isoformat(),
        words,
        limits=limits,
    )


def strip(
    placed: Mapping[int, Stretch],
    unit: str,
    name: Callable[[int], str],
    words: Words,
    *,
    limits: StripLimits = ALL,
) -> Strip:
    """Return the drawing of periods. `placed` has them by their index, in ascending order.

    `unit` is the key of the phrase for a number of periods. `name` returns the name of a period by its index.
    """
    drawn: dict[str, str] = {}
    for css, start, length in _runs(placed):
        drawn[css] = drawn.get(css, "") + f"M{start} {CENTERS[css[0]]}h{length}"
    failed = {place: each for place, each in placed.items() if each.counts.failure}
    by_badness = nsmallest(max(limits.figures + 1, limits.worst), failed.items(), key=_badness)
    figures = ",".join(
        f"{place} {each.availability} {words.grouped(each.counts.failure)}"
        for place, each in sorted(by_badness[: limits.figures], key=lambda placed: placed[0])
    )
    if len(by_badness) > limits.figures:
        figures += f",{MORE}" if figures else MORE
    label = _totals(placed.values(), unit, words)
    if failed and limits.worst:
        named = ", ".join(
            f"{name(place)} {each.availability}" for place, each in by_badness[: limits.worst]
        )
        label = words.say("page.worst", days=label, worst=named)
    return Strip(tuple((css, drawn[css]) for css in ORDER if css in drawn), label, figures)


def joined(placed: Mapping[int, StretchSummary], size: int) -> dict[int, StretchSummary]:
    """Return longer periods by their index, each made of `size` of the given periods.

    A longer period has the worst state and the sum of the requests of its parts. One without parts is left
    out.
    """
    parts: dict[int, list[StretchSummary]] = {}
    for place, each in placed.items():
        parts.setdefault(place // size, []).append(each)
    return {place: _sum(each) for place, each in sorted(parts.items())}


def _sum(parts: Sequence[StretchSummary]) -> StretchSummary:
    worst = min(parts, key=lambda each: WORST_FIRST.index(each.condition))
    counts = sum((each.counts for each in parts), Counts())
    return replace(
        worst,
        start=parts[0].start,
        end=parts[-1].end,
        counts=counts,
        availability=availability_text(counts),
    )


def _runs(placed: Mapping[int, Stretch]) -> Iterator[tuple[str, int, int]]:
    """Yield the class, the first index and the length of each run of neighboring periods with one class."""
    before, start, length = "", 0, 0
    for place, stretch in placed.items():
        css = CSS[stretch.condition, stretch.no_data]
        if css == before and place == start + length:
            length += 1
            continue
        if length:
            yield before, start, length
        before, start, length = css, place, 1
    if length:
        yield before, start, length


def box(stretches: int, *, marked: bool = False) -> str:
    """Return the view box of a strip of days. It is at least 30 days wide, with the last day at the right.

    With `marked` it has room for marks below the days.
    """
    return frame(min(stretches - MIN_DAYS, 0), max(stretches, MIN_DAYS), marked=marked)


def frame(left: int, width: int, *, marked: bool) -> str:
    """Return a view box of this width. With `marked` it has room for marks below the periods."""
    return f"{left} -12 {width} {MARKED if marked else PLAIN}"


def density(stretches: int) -> str:
    """Return the class of a strip by its number of periods, `""` for a band without gaps."""
    return next((css for most, css in DENSITIES if stretches <= most), "")


def _totals(stretches: Iterable[Stretch], unit: str, words: Words) -> str:
    lengths = Counter(stretch.condition for stretch in stretches)
    return ", ".join(
        words.many(unit, lengths[condition], state=words.condition(condition))
        for condition in WORST_FIRST
        if condition in lengths
    )


def _badness(placed: tuple[int, Stretch]) -> tuple[float, int, int]:
    """Return the sort key that puts the worst first: the highest share of failures, the most, the latest."""
    place, stretch = placed
    return -stretch.counts.failure / stretch.counts.valid, -stretch.counts.failure, -place
