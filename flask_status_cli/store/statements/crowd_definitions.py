"""The statements of an ingest about the failures of crowds, and about their pages; see `definitions`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.store.schema.tables import (
    crowd_failure,
    crowd_page,
    incident,
    minute_count,
    page_count,
    route,
)
from flask_status_cli.store.statements.builders import (
    LABEL,
    SettingStatement,
    inserting,
    is_server_error,
    putting,
)

_FAILING = minute_count.join(route, route.c.id == minute_count.c.route)
_TOLD = exists().where(incident.c.label == route.c.label, incident.c.rule == route.c.rule)

FAILURES_OF_CROWD: Final = select(*crowd_failure.columns).where(
    crowd_failure.c.route == bindparam("number")
)
FAILURES_OF_RULE: Final = (
    select(crowd_failure.c.path, crowd_failure.c.status, crowd_failure.c.requests)
    .join_from(crowd_failure, route, route.c.id == crowd_failure.c.route)
    .where(route.c.label == LABEL, route.c.rule == bindparam("of_rule"))
    .where(crowd_failure.c.newest >= bindparam("since"))
)
DROP_FAILURES_OF_CROWD: Final = delete(crowd_failure).where(
    crowd_failure.c.route == bindparam("number")
)
ADD_CROWD_FAILURE: Final = inserting(crowd_failure)
CROWDS_WITH_FAILURES: Final = select(crowd_failure.c.route).distinct()
FAILURES_OF_ROUTES: Final = (
    select(
        minute_count.c.route,
        route.c.rule,
        minute_count.c.status,
        func.sum(minute_count.c.requests),
        func.max(minute_count.c.minute),
    )
    .select_from(_FAILING)
    .where(is_server_error(minute_count.c.status), route.c.crowd.is_(False))
    .where(minute_count.c.route.in_(bindparam("routes", expanding=True)))
    .group_by(minute_count.c.route, route.c.rule, minute_count.c.status)
)
UNTOLD_FAILING_ROUTES: Final = (
    select(minute_count.c.route)
    .select_from(_FAILING)
    .where(is_server_error(minute_count.c.status), route.c.crowd.is_(False), ~_TOLD)
    .where(minute_count.c.route.in_(bindparam("routes", expanding=True)))
    .distinct()
)
MINUTES_OF_ROUTES: Final = (
    select(
        route.c.id,
        route.c.rule,
        minute_count.c.minute,
        minute_count.c.status,
        minute_count.c.requests,
    )
    .select_from(_FAILING)
    .where((minute_count.c.route + 0).in_(bindparam("routes", expanding=True)))
)
NEWEST_OF_ROUTE: Final = (
    select(minute_count.c.minute)
    .where(
        (minute_count.c.route + 0).in_(
            select(route.c.id).where(
                or_(route.c.id == bindparam("number"), route.c.merged_into == bindparam("number"))
            )
        )
    )
    .order_by(minute_count.c.minute.desc())
    .limit(1)
)
CROWD_PAGES: Final = select(crowd_page.c.route, crowd_page.c.path, crowd_page.c.first)


def _note_page() -> SettingStatement:
    """Return the statement that begins to store a page, or records that it failed earlier than known.

    Successes before the first failure known so far were not stored. So the state of the page is known only
    since that failure.
    """
    excluded = insert(crowd_page).excluded
    since = case(
        (crowd_page.c.since > crowd_page.c.first, crowd_page.c.since), else_=crowd_page.c.first
    )
    return putting(crowd_page, first=excluded.first, since=since)


NOTE_PAGE: Final = _note_page()


def _page_moving(table: Table) -> SettingStatement:
    """Return the statement that moves the rows of a route to another one, except keys that it has."""
    other = table.alias("other")
    rest = [column.name for column in table.primary_key if column.name != "route"]
    same = [other.c[name] == table.c[name] for name in rest]
    known = exists().where(other.c.route == bindparam("new"), *same)
    moves = update(table).where(table.c.route == bindparam("old"), ~known)
    return SettingStatement(moves.values(route=bindparam("new")), ())


MOVE_PAGES: Final = _page_moving(crowd_page)
MOVE_PAGE_COUNTS: Final = _page_moving(page_count)
DROP_PAGES_OF_CROWD: Final = delete(crowd_page).where(crowd_page.c.route == bindparam("number"))
DROP_PAGE_COUNTS_OF_CROWD: Final = delete(page_count).where(
    page_count.c.route == bindparam("number")
)
DROP_PAGE: Final = delete(crowd_page).where(
    crowd_page.c.route == bindparam("number"), crowd_page.c.path == bindparam("of_path")
)
DROP_PAGE_COUNTS: Final = delete(page_count).where(
    page_count.c.route == bindparam("number"), page_count.c.path == bindparam("of_path")
)
_PAGE_FAILED = page_count.c.status.between(500, 599)
_PAGE_WORKED = page_count.c.status.between(200, 399)
PAGES: Final = (
    select(
        page_count.c.path,
        func.count(),
        func.sum(case((_PAGE_FAILED, page_count.c.requests), else_=0)),
        func.max(case((_PAGE_FAILED, page_count.c.minute), else_=-1)),
        func.max(case((_PAGE_WORKED, page_count.c.minute), else_=-1)),
    )
    .where(page_count.c.route == bindparam("number"))
    .group_by(page_count.c.path)
)
DROP_PAGE_MINUTES: Final = delete(page_count).where(
    page_count.c.minute >= bindparam("first"), page_count.c.minute < bindparam("end")
)
HEALTHY_PAGES: Final = select(crowd_page.c.route, crowd_page.c.path).where(
    ~exists().where(
        page_count.c.route == crowd_page.c.route,
        page_count.c.path == crowd_page.c.path,
        _PAGE_FAILED,
    )
)
TOLD_RULES_OF_ROUTE: Final = select(incident.c.rule).where(
    incident.c.label
    == select(route.c.label).where(route.c.id == bindparam("number")).scalar_subquery()
)
