"""Groups the rows of a report. A group has the summed counts of its routes, and the worst of their states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flask_status_cli import judgement
from flask_status_cli.model import (
    OTHER,
    UNMATCHED,
    WORST_FIRST,
    Condition,
    Counts,
    DaySummary,
    GroupSummary,
    RouteSummary,
)
from flask_status_cli.model.latency import NOT_LOGGED
from flask_status_cli.summary.report.row_order import sort_key

Rows = tuple[RouteSummary, ...]


def in_groups(
    rows: Sequence[RouteSummary], names: Mapping[tuple[str, str], str]
) -> tuple[Rows, tuple[GroupSummary, ...]]:
    """Return the rows in the order of their groups, and the groups.

    `names` has the name of the group of each route, by label and rule. If it is empty, there are no groups.
    Groups are sorted like rows. Rows without a group form a group with an empty name. `<unmatched>` and
    `<other>` are in no group; they come last.
    """
    if not names:
        return tuple(rows), ()
    members: dict[tuple[str, str], list[RouteSummary]] = {}
    for row in rows:
        if row.rule not in {UNMATCHED, OTHER}:
            name = names.get((row.label, row.rule), "")
            members.setdefault((row.label, name), []).append(replace(row, group=name))
    groups = sorted((_group(*key, tuple(each)) for key, each in members.items()), key=sort_key)
    known = tuple(row for group in groups for row in group.members)
    gathered = tuple(row for row in rows if row.rule in {UNMATCHED, OTHER})
    return known + gathered, tuple(groups)


def _group(label: str, name: str, members: Rows) -> GroupSummary:
    now = _worst(row.now for row in members)
    counts = sum((row.counts for row in members), Counts())
    return GroupSummary(
        label=label,
        name=name,
        now=now,
        no_data=members[0].no_data if now is Condition.NO_DATA else None,
        condition=_worst(row.condition for row in members),
        counts=counts,
        availability=judgement.availability_text(counts),
        days=tuple(_day(each) for each in zip(*(row.days for row in members), strict=True)),
        members=members,
        latency=sum((row.latency for row in members), NOT_LOGGED),
        slow=any(row.slow for row in members),
    )


def _day(days: Sequence[DaySummary]) -> DaySummary:
    condition = _worst(day.condition for day in days)
    counts = sum((day.counts for day in days), Counts())
    return DaySummary(
        date=days[0].date,
        condition=condition,
        no_data=days[0].no_data if condition is Condition.NO_DATA else None,
        counts=counts,
        availability=judgement.availability_text(counts),
    )


def _worst(states: Iterable[Condition]) -> Condition:
    return min(states, key=WORST_FIRST.index)
