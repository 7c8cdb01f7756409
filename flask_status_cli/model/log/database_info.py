"""The contents of a database, as `db info` shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_status_cli.model.database_url import Database
    from flask_status_cli.model.log.checkpoints import Run
    from flask_status_cli.model.log.hosts import Host
    from flask_status_cli.model.trusted_clock import Belief


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """How far a log was read: in bytes, to which epoch minute, and from which paths."""

    id: int
    format: str | None
    offset: int
    newest: int | None
    updated_at: datetime
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """The contents of a database.

    - `size`: in bytes. `rows`: by table.
    - `first`, `newest`: the first and the last epoch minute with requests.
    - `answering` of `answering_bound`: paths that have a route of their own.
    - `waiting` of `waiting_bound`: rows that wait for the first answer of their path.
    - `poured`, `other`: requests that went to `<unmatched>` before their path answered, and to `<other>`.
    - `merged`: at most so many requests are in crowds although a later rule or `keep` concerns them.
    - `crowds`: label and rule of each.
    - `minutes_from`: from this epoch minute on, all minutes are kept; `None` if no minute was deleted.
    - `belief`: which clock is trusted.
    - `hosts`: by name, those that ingest into the database.
    - `streams`, `runs`: by number; the last ones, the newest first.
    """

    path: Database
    size: int
    schema_version: str
    created_at: datetime
    first: int | None
    newest: int | None
    rows: Mapping[str, int]
    answering: int
    answering_bound: int
    waiting: int
    waiting_bound: int
    poured: int
    other: int
    merged: int
    crowds: tuple[tuple[str, str], ...]
    minutes_from: int | None
    belief: Belief | None
    streams: tuple[StreamInfo, ...]
    runs: tuple[Run, ...]
    hosts: tuple[Host, ...] = ()
