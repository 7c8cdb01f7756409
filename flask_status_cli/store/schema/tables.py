"""The tables of a database.

Counts have status codes as keys, no judgements, and are only ever added to. Tables that grow with traffic are
clustered by their primary key, which begins with the time, because every report reads a range of time.
Minutes, quarters, hours and days are numbers since the epoch.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from flask_status_cli.store.schema.column_types import (
    FilePath,
    Instant,
    Marks,
    Pending,
    TextList,
    Unsigned,
    WordList,
)

METADATA = MetaData()

route = Table(
    "route",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("doc", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("methods", WordList, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("given_name", Text),
    Column("given_doc", Text),
    Column("crowd", Boolean, nullable=False),
    Column("merged_into", Integer),
    UniqueConstraint("label", "rule", name="route_label_rule"),
)
"""The routes of all labels.

`given_name` and `given_doc` were set by the user. `crowd` says that the route is a crowd. `merged_into` is
the route that replaces this one; see `merged_counts`.
"""

crowd = Table(
    "crowd",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("parent", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
)
"""The crowds: the rule of the parent, and the kind of the segments below it that are one route for ever."""

kept = Table(
    "kept",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("glob", Text, primary_key=True),
)
"""All globs of `keep` that were ever configured."""

hidden_by_only = Table(
    "hidden_by_only",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
)
"""The routes that `routes only` has hidden. A later `hide` or `unhide` of the route removes the row."""

crowd_failure = Table(
    "crowd_failure",
    METADATA,
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    Column("newest", Integer, nullable=False),
)
"""The server errors of crowds by path. `newest` is the last minute with one."""

crowd_page = Table(
    "crowd_page",
    METADATA,
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("first", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""The pages of crowds that had server errors. `page_count` has all their requests; see `page_minutes`."""

page_count = Table(
    "page_count",
    METADATA,
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The requests of the pages in `crowd_page`. They are also in `minute_count`, where reports subtract them."""

frozen = Table(
    "frozen",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("into", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("was_open", Boolean, nullable=False),
    Column("recovered", Boolean, nullable=False),
    Column("last_request", Integer, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("valid", BigInteger, nullable=False),
    Column("statuses", Text, nullable=False),
    Column("worst", Text, nullable=False),
    Column("minute", Integer, nullable=False),
)
"""Announced incidents of routes that became part of a crowd later, as they were announced."""

url_map = Table(
    "url_map",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("document", Text, nullable=False),
)
"""The declared rules of each label and source, as JSON."""

minute_count = Table(
    "minute_count",
    METADATA,
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The requests of each route by minute and status code. Old minutes are pruned."""

Index(
    "minute_count_failing",
    minute_count.c.minute,
    minute_count.c.route,
    minute_count.c.status,
    sqlite_where=text("status >= 500"),
)

quarter_count = Table(
    "quarter_count",
    METADATA,
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

"""The same requests by quarter of an hour. Days and hours of reports are sums of quarters."""

pruned_count = Table(
    "pruned_count",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The sums of pruned quarters. Together with `quarter_count`, they are all requests ever counted."""

extension_span = Table(
    "extension_span",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("after_log", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
)
"""The spans of minutes in which the extension counted the requests of a label; see `extension_spans`."""

extension_flush = Table(
    "extension_flush",
    METADATA,
    Column("process", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("minute", Integer, nullable=False),
)
"""The last flush of each process with the extension, and the last transaction of each connection to a server;
see `extension_flushes`."""

waiting = Table(
    "waiting",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    Column("buckets", Text, nullable=False, server_default=""),
    Index("waiting_minute", "minute", "requests"),
    sqlite_with_rowid=False,
)
"""The requests of paths that have not answered yet; see `attribution`. `rule` is the path.

`buckets` says how long they took, and other requests of the path in that hour; see `waiting_paths`.
"""

hour_duration = Table(
    "hour_duration",
    METADATA,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("buckets", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""How long requests took: their number by hour, route and bucket, where the day does not have them; see
`store.counts.duration_rows`."""

day_duration = Table(
    "day_duration",
    METADATA,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("buckets", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""How long requests took: their number by day of UTC, route and bucket, and of some of them the hour."""

unread = Table(
    "unread",
    METADATA,
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The numbers of lines that were not entries. `kind` is refused or noise."""

stream = Table(
    "stream",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("head", LargeBinary, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("marks", Marks, nullable=False),
    Column("newest", Integer),
    Column("format", Text),
    Column("partial", Boolean, nullable=False),
    Column("pending", Pending, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("prints", LargeBinary, nullable=False),
    Column("host", Text, nullable=False),
    Index("stream_head", "head"),
)
"""The logs that were read, each with its checkpoint."""

misread = Table(
    "misread",
    METADATA,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("lines", BigInteger, nullable=False),
)
"""The streams with refused lines after their last entry; see `not_understood`."""

placed = Table(
    "placed",
    METADATA,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("mask", Integer, nullable=False),
)
"""The streams whose lines are in `place`. `mask` says which lines are kept; see `LineSample`."""

place = Table(
    "place",
    METADATA,
    Column("line", LargeBinary, primary_key=True),
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Index("place_stream", "stream"),
    sqlite_with_rowid=False,
)
"""The positions of lines in streams that may be several logs in one. `line` is a digest."""

input_ = Table(
    "input",
    METADATA,
    Column("host", Text, primary_key=True),
    Column("path", FilePath, primary_key=True),
    Column("device", Unsigned, nullable=False),
    Column("inode", Unsigned, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime", BigInteger, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    Column("stream", Integer),
)
"""The state of each file when it was last read; see `InputFact`."""

said = Table(
    "said",
    METADATA,
    Column("problem", LargeBinary, primary_key=True),
    Column("path", FilePath, nullable=False),
    Column("at", Instant, nullable=False),
)
"""When problems were last printed, because each is printed once a day under cron. `problem` is a digest."""

run = Table(
    "run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("logs", Integer, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("noise", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("problems", TextList, nullable=False),
    Column("host", Text, nullable=False),
)
"""The completed runs of `ingest`."""

host = Table(
    "host",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("good_at", Instant),
    Column("retired", Boolean, nullable=False),
)
"""The hosts that ingest into this database. `good_at` is when the last run without problems ended."""

incident = Table(
    "incident",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("minute", Integer, nullable=False),
)
"""The ids of announced incidents. The bad minute `minute` finds the incident again; see `IncidentAnchor`."""

expectation = Table(
    "expectation",
    METADATA,
    Column("rule", Text, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("since", Integer, nullable=False),
)
"""The expected traffic: since the minute `since`, at least one request in `minutes` minutes.

`rule` is a glob on rules. If it is empty, the traffic of the whole site is expected.
"""

incident_note = Table(
    "incident_note",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("post_mortem", Text, nullable=False),
    Column("false_alarm", Boolean, nullable=False),
)
"""The notes of users on incidents."""

maintenance = Table(
    "maintenance",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("rules", TextList, nullable=False),
    Column("note", Text, nullable=False),
)
"""The maintenance windows. `rules` are globs on rules."""

deploy = Table(
    "deploy",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("label", "version", "at", name="deploy_once"),
)
"""The deploys, in whole minutes. A deploy without a label concerns all routes."""

settled = Table(
    "settled",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("decided", Integer, nullable=False),
    Column("recovered", Boolean, nullable=False),
)
"""The closed episodes of the time whose minutes were pruned; see `ClosedEpisode`."""


notice = Table(
    "notice",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("incident", Text, nullable=False),
    Column("transition", Text, nullable=False),
    Column("level", Text),
    Column("body", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("incident", "transition", name="notice_incident_transition"),
)
"""The announcements of incidents. Each transition of an incident is announced once; see `deliveries`."""

delivery = Table(
    "delivery",
    METADATA,
    Column("notice", Integer, primary_key=True, autoincrement=False),
    Column("channel", Text, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("done_at", Instant),
    Column("problem", Text),
    Column("told", Boolean, nullable=False),
)
"""The sending of each notice through each channel. `told` says that the failure was reported."""

fact = Table(
    "fact",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Single numbers of the database; see `key_values`."""

alembic_version = Table(
    "alembic_version",
    METADATA,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The version of the schema, where Alembic looks for it."""
