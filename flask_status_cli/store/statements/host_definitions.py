"""The statements of an ingest about hosts; see `definitions`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import LargeBinary, Text, bindparam, func, select, type_coerce, update
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.store.schema.tables import host, input_, run, stream
from flask_status_cli.store.small_batch import MOST_STREAMS
from flask_status_cli.store.statements import definitions
from flask_status_cli.store.statements.builders import SettingStatement, putting

KNOWN_HEADS: Final = (
    select(stream.c.head)
    .where(stream.c.head.in_([bindparam(f"head_{place}") for place in range(MOST_STREAMS)]))
    .distinct()
)
PACKED_STREAMS: Final = select(
    stream.c.id, stream.c.head, stream.c.offset, type_coerce(stream.c.marks, LargeBinary),
    stream.c.newest, stream.c.format, stream.c.prints, stream.c.partial,
    type_coerce(stream.c.pending, Text), stream.c.host,
).where(
    stream.c.head.in_(
        select(stream.c.head).where(stream.c.id.in_(bindparam("of_streams", expanding=True)))
    )
)  # fmt: skip
OTHERS_STREAMS: Final = select(*definitions.STREAM.selected_columns, stream.c.host).where(
    stream.c.head == bindparam("of_head"), stream.c.host != bindparam("of_host")
)
ADOPT_STREAM: Final = SettingStatement(
    update(stream).where(stream.c.id == bindparam("number")), ("host",)
)

HOSTS: Final = select(host.c.name, host.c.seen_at, host.c.good_at, host.c.retired).order_by(
    host.c.name
)
PUT_HOST: Final = putting(
    host,
    seen_at=insert(host).excluded.seen_at,
    good_at=func.coalesce(insert(host).excluded.good_at, host.c.good_at),
    retired=insert(host).excluded.retired,
)
RETIRE_SILENT: Final = SettingStatement(
    update(host)
    .where(
        host.c.retired.is_(False),
        host.c.seen_at < bindparam("before", type_=host.c.seen_at.type),
    )
    .returning(host.c.name),
    ("retired",),
)
RETIRE_HOST: Final = SettingStatement(
    update(host).where(host.c.name == bindparam("of_name")), ("retired",)
)
RENAME_HOST: Final = SettingStatement(
    update(host).where(host.c.name == bindparam("of_name")), ("name",)
)
RENAME_STREAMS: Final = SettingStatement(
    update(stream).where(stream.c.host == bindparam("of_name")), ("host",)
)
RENAME_INPUTS: Final = SettingStatement(
    update(input_).where(input_.c.host == bindparam("of_name")), ("host",)
)
RENAME_RUNS: Final = SettingStatement(
    update(run).where(run.c.host == bindparam("of_name")), ("host",)
)
