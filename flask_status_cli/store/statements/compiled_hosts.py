"""The statements of an ingest as texts for SQLite. `compiling` generates them."""
# fmt: off
# ruff: noqa: E501

from typing import Final

from flask_status_cli.store.schema.encoding import (
    instant,
    load_lines,
    microseconds,
    unpack_marks,
)
from flask_status_cli.store.statements.prepared import Prepared

OTHERS_STREAMS: Final = Prepared(
    "SELECT stream.id, stream.head, stream.\"offset\", stream.marks, stream.newest, stream.format, stream.partial, stream.pending, stream.prints, stream.host FROM stream WHERE stream.head = :of_head AND stream.host != :of_host",
    decode=((3, unpack_marks), (6, bool), (7, load_lines),),
)
ADOPT_STREAM: Final = Prepared(
    "UPDATE stream SET host=:host WHERE stream.id = :number",
)
HOSTS: Final = Prepared(
    "SELECT host.name, host.seen_at, host.good_at, host.retired FROM host ORDER BY host.name",
    decode=((1, instant), (2, instant), (3, bool),),
)
PUT_HOST: Final = Prepared(
    "INSERT INTO host (name, seen_at, good_at, retired) VALUES (:name, :seen_at, :good_at, :retired) ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, good_at = coalesce(excluded.good_at, host.good_at), retired = excluded.retired",
    encode=(("seen_at", microseconds), ("good_at", microseconds),),
)
RETIRE_SILENT: Final = Prepared(
    "UPDATE host SET retired=:retired WHERE host.retired IS 0 AND host.seen_at < :before RETURNING name",
    encode=(("before", microseconds),),
)
RETIRE_HOST: Final = Prepared(
    "UPDATE host SET retired=:retired WHERE host.name = :of_name",
)
RENAME_HOST: Final = Prepared(
    "UPDATE host SET name=:name WHERE host.name = :of_name",
)
RENAME_STREAMS: Final = Prepared(
    "UPDATE stream SET host=:host WHERE stream.host = :of_name",
)
RENAME_INPUTS: Final = Prepared(
    "UPDATE input SET host=:host WHERE input.host = :of_name",
)
RENAME_RUNS: Final = Prepared(
    "UPDATE run SET host=:host WHERE run.host = :of_name",
)
