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

KNOWN_HEADS: Final = Prepared(
    "SELECT DISTINCT stream.head FROM stream WHERE stream.head IN (:head_0, :head_1, :head_2, :head_3, :head_4, :head_5, :head_6, :head_7, :head_8, :head_9, :head_10, :head_11, :head_12, :head_13, :head_14, :head_15, :head_16, :head_17, :head_18, :head_19, "
    ":head_20, :head_21, :head_22, :head_23, :head_24, :head_25, :head_26, :head_27, :head_28, :head_29, :head_30, :head_31, :head_32, :head_33, :head_34, :head_35, :head_36, :head_37, :head_38, :head_39, :head_40, :head_41, :head_42, :head_43, :head_44, "
    ":head_45, :head_46, :head_47, :head_48, :head_49, :head_50, :head_51, :head_52, :head_53, :head_54, :head_55, :head_56, :head_57, :head_58, :head_59, :head_60, :head_61, :head_62, :head_63)",
)
PACKED_STREAMS: Final = Prepared(
    "SELECT stream.id, stream.head, stream.\"offset\", stream.marks AS marks, stream.newest, stream.format, stream.prints, stream.partial, stream.pending AS pending, stream.host FROM stream WHERE stream.head IN (SELECT stream.head FROM stream WHERE stream.id "
    "IN (:of_streams))",
    decode=((7, bool),),
    numbers="of_streams",
)
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
