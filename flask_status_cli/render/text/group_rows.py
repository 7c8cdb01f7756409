"""Puts the groups of a report among its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_status_cli.model import GroupSummary, RouteSummary, StatusSummary


def with_groups(
    summary: StatusSummary, rows: Iterable[RouteSummary]
) -> Iterator[RouteSummary | GroupSummary]:
    """Yield these rows of a report in order, and each group before its first row."""
    firsts = ((group.members[0], group) for group in summary.groups)
    group_before = {(first.label, first.rule): group for first, group in firsts}
    for row in rows:
        if group := group_before.get((row.label, row.rule)):
            yield group
        yield row
