"""The rows of a report with its groups among them, as a reader meets them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_status_cli.model import GroupSummary, RouteSummary, StatusSummary


def with_groups(
    summary: StatusSummary, rows: Iterable[RouteSummary]
) -> Iterator[RouteSummary | GroupSummary]:
    """Yield some rows of a report in their order, each group before the first of its own."""
    firsts = ((group.members[0], group) for group in summary.groups)
    ahead = {(first.label, first.rule): group for first, group in firsts}
    for row in rows:
        if group := ahead.get((row.label, row.rule)):
            yield group
        yield row
