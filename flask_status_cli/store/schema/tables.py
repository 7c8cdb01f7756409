"""The tables of a flask-status database.

The keys of counts are what was logged, before any judgement, and counts are only ever added to. Tables that
grow with traffic are clustered by their primary key, because every report reads a range of time.
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
    Sentences,
    Unsigned,
    Words,
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
    Column("methods", Words, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("given_name", Text),
    Column("given_doc", Text),
    Column("crowd", Boolean, nullable=False),
    Column("merged_into", Integer),
    UniqueConstraint("label", "rule", name="route_label_rule"),
)
"""`crowd`: it gathers the pages of a crowd. `merged_into` is the route that has taken a route's place: its
counts follow, see `following`."""

crowd = Table(
    "crowd",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("parent", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
)
"""Where routes are folded, for ever: the rule of the parent, and the kind of its segments."""

kept = Table(
    "kept",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("glob", Text, primary_key=True),
)
"""All globs of `keep` that were ever given."""

hidden_by_only = Table(
    "hidden_by_only",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
)
"""The routes that `routes only` has hidden. A mark set by `hide` or `unhide` later removes the row."""

crowd_failure = Table(
    "crowd_failure",
    METADATA,
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    Column("newest", Integer, nullable=False),
)
"""The server errors of a crowd by path. `newest` is the last minute with one."""

crowd_page = Table(
    "crowd_page",
    METADATA,
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("first", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""The pages of a crowd with server errors. `page_count` has all their requests; see `page_minutes`."""

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
"""The requests of some pages of crowds, which are also in `minute_count`. Reports subtract them there."""

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
"""Incidents of routes, as they were announced before the route became part of a crowd."""

url_map = Table(
    "url_map",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("document", Text, nullable=False),
)
"""The declared rules of each source, as JSON."""

minute_count = Table(
    "minute_count",
    METADATA,
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
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

pruned_count = Table(
    "pruned_count",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The counts of pruned quarters, from which all requests ever counted are computed."""

extension_span = Table(
    "extension_span",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("after_log", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
)
"""The minutes in which the extension counted the requests of a label: see `extension_spans`."""

extension_flush = Table(
    "extension_flush",
    METADATA,
    Column("process", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("minute", Integer, nullable=False),
)
"""The last flush of each process that counts its own requests, and the last transaction of each connection
to a server: see `extension_flushes`."""

waiting = Table(
    "waiting",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    Index("waiting_minute", "minute", "requests"),
    sqlite_with_rowid=False,
)

hour_duration = Table(
    "hour_duration",
    METADATA,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""How long requests took, by hour since the epoch and bucket: see `model.duration_buckets`."""

day_duration = Table(
    "day_duration",
    METADATA,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The same by day of UTC."""

waiting_duration = Table(
    "waiting_duration",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The same by hour of paths that wait."""

unread = Table(
    "unread",
    METADATA,
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

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

misread = Table(
    "misread",
    METADATA,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("lines", BigInteger, nullable=False),
)

placed = Table(
    "placed",
    METADATA,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("mask", Integer, nullable=False),
)
"""The streams of which lines are kept, and which lines."""

place = Table(
    "place",
    METADATA,
    Column("line", LargeBinary, primary_key=True),
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Index("place_stream", "stream"),
    sqlite_with_rowid=False,
)
"""The positions of lines in streams that may be several logs in one, by the digests of the lines."""

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

said = Table(
    "said",
    METADATA,
    Column("problem", LargeBinary, primary_key=True),
    Column("path", FilePath, nullable=False),
    Column("at", Instant, nullable=False),
)
"""The problems printed under cron, by their digests. Each is printed once a day."""

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
    Column("problems", Sentences, nullable=False),
    Column("host", Text, nullable=False),
)

host = Table(
    "host",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("good_at", Instant),
    Column("retired", Boolean, nullable=False),
)
"""The hosts that ingest into this database: when each last ran, and ran without problems."""

incident = Table(
    "incident",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("minute", Integer, nullable=False),
)
"""The ids of announced incidents, with a bad minute each; see `IncidentAnchor`."""

expectation = Table(
    "expectation",
    METADATA,
    Column("rule", Text, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("since", Integer, nullable=False),
)
"""How often traffic is promised, by a glob on the rule (empty: the site), since an epoch minute."""

incident_note = Table(
    "incident_note",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("post_mortem", Text, nullable=False),
    Column("false_alarm", Boolean, nullable=False),
)

maintenance = Table(
    "maintenance",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("rules", Sentences, nullable=False),
    Column("note", Text, nullable=False),
)

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
"""Which version went live when, in whole minutes. Without a label it is of all routes."""

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
"""Closed episodes from before all minutes are kept."""


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
"""The announcements of incidents, each transition once; see `deliveries`."""

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
"""The result of a notice for each channel. `told` says that its failure was reported."""

fact = Table(
    "fact",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Single numbers of a database; see `key_values`."""

alembic_version = Table(
    "alembic_version",
    METADATA,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The version of the schema, where Alembic looks for it."""
