"""The statements of an ingest, built with SQLAlchemy. `compiled` has their generated texts."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Column,
    Delete,
    Select,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.model import FrozenIncident, InputFact, Run
from flask_status_cli.store.schema.tables import (
    alembic_version,
    crowd,
    expectation,
    fact,
    frozen,
    incident,
    input_,
    kept,
    minute_count,
    misread,
    page_count,
    place,
    placed,
    quarter_count,
    route,
    run,
    said,
    settled,
    stream,
    unread,
    url_map,
    waiting,
)
from flask_status_cli.store.statements.builders import (
    LABEL,
    SettingStatement,
    any_row,
    inserting,
    is_server_error,
    putting,
    summed,
)

VERSION: Final = select(alembic_version.c.version_num)
STAMP: Final = inserting(alembic_version)

FACT: Final = select(fact.c.value).where(fact.c.name == bindparam("of"))
PUT_FACT: Final = putting(fact)

# Streams and inputs

_OF_HOST = stream.c.host == bindparam("of_host")
_OF_HEAD = (stream.c.head == bindparam("of_head")) & _OF_HOST
_CHECKPOINT: Final = (
    "head", "offset", "marks", "newest", "format", "partial", "pending", "prints", "updated_at",
)  # fmt: skip
_STREAM = select(
    stream.c.id, stream.c.head, stream.c.offset, stream.c.marks, stream.c.newest,
    stream.c.format, stream.c.partial, stream.c.pending, stream.c.prints,
)  # fmt: skip
_PATHS = select(*(input_.c[name] for name in InputFact.__dataclass_fields__))
_OLD = select(stream.c.id).where(
    stream.c.updated_at < bindparam("before", type_=stream.c.updated_at.type)
)

STREAMS: Final = _STREAM.where(_OF_HEAD).order_by(stream.c.offset.desc(), stream.c.id)
STREAM: Final = _STREAM.where(stream.c.id == bindparam("number"))
HEADS: Final = select(stream.c.head).where(_OF_HOST).distinct()
PIPE_HEADS: Final = (
    select(stream.c.head, func.substr(stream.c.prints, 1, 2))
    .join(placed, placed.c.stream == stream.c.id)
    .where(_OF_HOST)
    .distinct()
)
OFFSETS: Final = select(stream.c.id, stream.c.offset).where(_OF_HEAD).order_by(stream.c.id)
MAKE_STREAM: Final = SettingStatement(insert(stream).returning(stream.c.id), (*_CHECKPOINT, "host"))
LAST_STREAM: Final = select(func.max(stream.c.id))
PUT_STREAM: Final = SettingStatement(insert(stream), ("id", *_CHECKPOINT, "host"))
MOVE_STREAM: Final = SettingStatement(
    update(stream).where(
        stream.c.id == bindparam("number"), stream.c.offset <= bindparam("at_most")
    ),
    _CHECKPOINT,
)
QUIET_STREAMS: Final = _OLD.add_columns(stream.c.marks)
FORGET_QUIET_PLACES: Final = delete(place).where(place.c.stream.in_(_OLD))
FORGET_QUIET_PLACED: Final = delete(placed).where(placed.c.stream.in_(_OLD))
SET_MARKS: Final = SettingStatement(
    update(stream).where(stream.c.id == bindparam("number")), ("marks",)
)
INPUTS: Final = _PATHS.where(input_.c.host == bindparam("of_host")).order_by(input_.c.path)
PUT_INPUT: Final = putting(input_)

ANY_PLACED: Final = any_row(placed)
MASK: Final = select(placed.c.mask).where(placed.c.stream == bindparam("number"))
PLACES_OF_LINE: Final = select(place.c.line, place.c.stream, place.c.position).where(
    place.c.line == bindparam("of_line"), place.c.stream.in_(select(stream.c.id).where(_OF_HOST))
)
PLACES: Final = (
    select(place.c.position, place.c.line)
    .where(place.c.stream == bindparam("number"))
    .order_by(place.c.position)
)
PUT_PLACED: Final = inserting(placed)
PUT_PLACE: Final = inserting(place)
FORGET_PLACES: Final = delete(place).where(place.c.stream == bindparam("number"))
FORGET_PLACED: Final = delete(placed).where(placed.c.stream == bindparam("number"))

MISREAD: Final = select(misread.c.since, misread.c.lines).where(
    misread.c.stream == bindparam("number")
)
MISREAD_SINCE: Final = select(func.min(misread.c.since)).where(
    misread.c.lines >= bindparam("lines"),
    misread.c.since <= bindparam("until"),
    misread.c.updated > bindparam("after"),
)
PUT_MISREAD: Final = putting(misread)
ANY_MISREAD: Final = any_row(misread)
FORGET_MISREAD: Final = delete(misread).where(misread.c.stream == bindparam("number"))

# Runs

_RUN: Final = tuple(Run.__dataclass_fields__)
_RUNS = select(*(run.c[name] for name in _RUN))


def _good(runs: Select[Any]) -> Select[Any]:
    return (
        runs.where(run.c.problems == bindparam("none", type_=run.c.problems.type))
        .order_by(run.c.id.desc())
        .limit(1)
    )


ADD_RUN: Final = SettingStatement(insert(run).returning(run.c.id), (*_RUN, "host"))

GOOD_RUN_NUMBER: Final = _good(select(run.c.id))
GOOD_RUN: Final = _good(_RUNS)
DROP_RUNS: Final = delete(run).where(run.c.id <= bindparam("until"), run.c.id != bindparam("good"))
NEWEST_RUNS: Final = _RUNS.order_by(run.c.id.desc()).limit(bindparam("many"))

SAID: Final = select(said.c.problem).where(
    said.c.at > bindparam("after", type_=said.c.at.type),
    said.c.at <= bindparam("until", type_=said.c.at.type),
)
SAID_PATHS: Final = select(said.c.path)
FORGET_SAID: Final = delete(said).where(said.c.path == bindparam("of_path", type_=said.c.path.type))
PUT_SAID: Final = putting(said)

EXPECTATIONS: Final = select(
    expectation.c.rule, expectation.c.minutes, expectation.c.since
).order_by(expectation.c.rule)
DROP_EXPECTATION: Final = delete(expectation).where(expectation.c.rule == bindparam("of_rule"))
ADD_EXPECTATION: Final = inserting(expectation)

# Routes and crowds

URL_MAPS: Final = select(url_map.c.source, url_map.c.document).where(url_map.c.label == LABEL)
URL_MAP: Final = select(url_map.c.document).where(
    url_map.c.label == LABEL, url_map.c.source == bindparam("of_source")
)
DROP_URL_MAP: Final = delete(url_map).where(
    url_map.c.label == LABEL, url_map.c.source == bindparam("of_source")
)
ADD_URL_MAP: Final = inserting(url_map)
ROUTES: Final = select(
    route.c.id, route.c.label, route.c.rule, route.c.origin, route.c.crowd,
    route.c.name, route.c.doc, route.c.given_name, route.c.given_doc,
).where(route.c.merged_into.is_(None))  # fmt: skip
ADD_ROUTE: Final = SettingStatement(
    insert(route).returning(route.c.id),
    (
        "label", "rule", "name", "doc", "origin", "hidden", "endpoint", "group", "methods", "retired",
        "crowd",
    ),
)  # fmt: skip
CROWDS: Final = select(crowd.c.parent, crowd.c.kind).where(crowd.c.label == LABEL)
ADD_CROWD: Final = inserting(crowd)
DROP_CROWD: Final = delete(crowd).where(
    crowd.c.label == LABEL,
    crowd.c.parent == bindparam("of_parent"),
    crowd.c.kind == bindparam("of_kind"),
)
HIDDEN_RULES: Final = select(route.c.rule).where(route.c.label == LABEL, route.c.hidden.is_(True))
REDIRECT: Final = (
    update(route)
    .where(or_(route.c.id == bindparam("old"), route.c.merged_into == bindparam("old")))
    .values(merged_into=bindparam("new"))
)
INCIDENT_RULES: Final = select(incident.c.rule).where(incident.c.label == LABEL)
MOVE_INCIDENT: Final = (
    update(incident)
    .where(incident.c.label == LABEL, incident.c.rule == bindparam("old"))
    .values(rule=bindparam("new"))
)
MOVE_ANCHOR: Final = SettingStatement(
    update(incident).where(incident.c.id == bindparam("of_id")), ("label", "rule", "minute")
)
ADD_FROZEN: Final = SettingStatement(
    insert(frozen).on_conflict_do_nothing(), tuple(FrozenIncident.__dataclass_fields__)
)
FROZEN: Final = select(*(frozen.c[name] for name in FrozenIncident.__dataclass_fields__)).order_by(
    frozen.c.start
)
SETTLED_RULES: Final = select(settled.c.rule).where(settled.c.label == LABEL).distinct()
DROP_SETTLED: Final = delete(settled).where(
    settled.c.label == LABEL, settled.c.rule == bindparam("of_rule")
)
KEPT_GLOBS: Final = select(kept.c.glob).where(kept.c.label == LABEL)
ADD_KEPT_GLOB: Final = inserting(kept)
CROWD_RULES: Final = (
    select(route.c.rule)
    .where(route.c.label == LABEL, route.c.crowd.is_(True), route.c.origin == "discovered")
    .order_by(route.c.rule)
)
REQUESTS_OF_RULE: Final = select(func.sum(quarter_count.c.requests)).where(
    quarter_count.c.route.in_(
        select(route.c.id).where(route.c.label == LABEL, route.c.rule == bindparam("of_rule"))
    )
)
MERGED: Final = select(route.c.id).where(route.c.merged_into.is_not(None)).limit(1)
DROP_MERGED: Final = delete(route).where(route.c.merged_into.is_not(None))

# Counts

OLDEST_MINUTE: Final = select(func.min(minute_count.c.minute))
OLDEST_QUARTER: Final = select(func.min(quarter_count.c.quarter))
OLDEST_WAITING: Final = select(func.min(waiting.c.minute))
NEWEST_QUARTER: Final = select(func.max(quarter_count.c.quarter)).where(
    quarter_count.c.quarter <= bindparam("until")
)

_OF_LABEL = minute_count.c.route.in_(select(route.c.id).where(route.c.label == LABEL))
_BETWEEN = minute_count.c.minute.between(bindparam("first"), bindparam("last")) & _OF_LABEL
_MINUTES = select(minute_count.c.minute).where(_BETWEEN).limit(1)

FIRST_MINUTE: Final = _MINUTES.order_by(minute_count.c.minute)
LAST_MINUTE: Final = _MINUTES.order_by(minute_count.c.minute.desc())
_CELL = select(
    minute_count.c.minute, minute_count.c.route, minute_count.c.status, minute_count.c.requests
)
CELLS: Final = _CELL.where(_BETWEEN).order_by(minute_count.c.minute).limit(bindparam("most"))
CELLS_OF_MINUTES: Final = _CELL.where(
    minute_count.c.minute.in_(bindparam("of_minutes", expanding=True))
)


def moving(table: Table) -> SettingStatement:
    """Return the statement that adds the rows of merged routes to the routes that they were merged into."""
    time: Column[int] = table.columns[0]
    merged = route.c.merged_into.is_not(None)
    key = [route.c.merged_into if one.name == "route" else one for one in table.primary_key]
    added = list(table.columns)[-1]
    rows = (
        select(*key, summed(added))
        .join_from(table, route, route.c.id == table.c.route)
        .where(true(), merged, time >= bindparam("first"), time < bindparam("end"))
        .group_by(*key)
    )
    statement = insert(table).from_select([c.name for c in table.columns], rows)
    return SettingStatement(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={added.name: added + statement.excluded[added.name]},
        ),
        (),
    )


def moved(table: Table) -> Delete:
    """Return the statement that deletes the rows of merged routes, after `moving`."""
    time: Column[int] = table.columns[0]
    merged = select(route.c.id).where(route.c.merged_into.is_not(None))
    between = (time >= bindparam("first"), time < bindparam("end"))
    return delete(table).where(*between, table.c.route.in_(merged))


def nth_from(time: Column[int]) -> Select[Any]:
    """Return the statement that finds the time of the nth row from a time on."""
    later = select(time).where(time >= bindparam("first")).order_by(time)
    return later.offset(bindparam("many")).limit(1)


NEWEST_MINUTE: Final = select(func.max(minute_count.c.minute))
NEWEST_QUARTER_OF_ALL: Final = select(func.max(quarter_count.c.quarter))
NTH_MINUTE: Final = nth_from(minute_count.c.minute)
NTH_QUARTER: Final = nth_from(quarter_count.c.quarter)
MOVE_MINUTES: Final = moving(minute_count)
MOVE_QUARTERS: Final = moving(quarter_count)
DROP_MOVED_MINUTES: Final = moved(minute_count)
DROP_MOVED_QUARTERS: Final = moved(quarter_count)

# Waiting paths

_WAITS = select(
    waiting.c.minute, waiting.c.rule, waiting.c.status, waiting.c.requests, waiting.c.buckets
).where(waiting.c.label == LABEL)
_OLD_MINUTES = waiting.c.minute < bindparam("before")

ANY_WAITING: Final = any_row(waiting)
WAITING_BY_MINUTE: Final = select(waiting.c.minute, func.count()).group_by(waiting.c.minute)
WAITING_RULES: Final = select(waiting.c.rule).where(waiting.c.label == LABEL).distinct()
WAITING_OF_LABEL: Final = _WAITS
WAITING_OF_RULE: Final = _WAITS.where(waiting.c.rule == bindparam("of_rule"))
DROP_WAITING_RULE: Final = delete(waiting).where(
    waiting.c.label == LABEL, waiting.c.rule == bindparam("of_rule")
)
OLD_WAITING: Final = (
    select(waiting.c.minute, waiting.c.label, waiting.c.status, func.sum(waiting.c.requests))
    .where(_OLD_MINUTES)
    .group_by(waiting.c.minute, waiting.c.label, waiting.c.status)
)
WAITING_OF_MINUTES: Final = select(waiting.c.minute, waiting.c.status, waiting.c.requests).where(
    waiting.c.minute.in_(bindparam("of_minutes", expanding=True))
)
WAITING_DURATIONS: Final = select(waiting.c.minute, waiting.c.label, waiting.c.buckets).where(
    waiting.c.buckets != ""
)
OLD_WAITING_DURATIONS: Final = WAITING_DURATIONS.where(_OLD_MINUTES)
WAITING_SINCE: Final = (
    select(waiting.c.minute).where(waiting.c.minute >= bindparam("since")).limit(1)
)
DROP_OLD_WAITING: Final = delete(waiting).where(_OLD_MINUTES)
DROP_ALL_WAITING: Final = delete(waiting)
WAITING_FAILURES: Final = (
    select(
        waiting.c.rule, waiting.c.status, func.sum(waiting.c.requests), func.max(waiting.c.minute)
    )
    .where(waiting.c.label == LABEL, is_server_error(waiting.c.status))
    .group_by(waiting.c.rule, waiting.c.status)
)

ADDITIVE: Final = {
    "ADD_MINUTES": minute_count,
    "ADD_QUARTERS": quarter_count,
    "ADD_WAITING": waiting,
    "ADD_UNREAD": unread,
    "ADD_PAGE_COUNTS": page_count,
}
"""The tables of counts, by the name of the statement that adds to them."""
