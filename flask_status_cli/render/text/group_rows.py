"""The rows of a report with its groups among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_status_cli.model import GroupSummary, RouteSummary, StatusSummary


def with_groups(
    summary: StatusSummary, rows: Iterable[RouteSummary]
) -> Iterator[RouteSummary | GroupSummary]:
    """Yield some rows of a report in order, each group before its first row."""
    firsts = ((group.members[0], group) for group in summary.groups)
    ahead = {(first.label, first.rule): group for first, group in firsts}
    for row in rows:
        if group := ahead.get((row.label, row.rule)):
            yield group
        yield row
