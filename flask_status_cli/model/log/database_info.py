"""The contents of a database, as `db info` shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from flask_status_cli.frozen import frozen

if TYPE_CHECKING:
    from flask_status_cli.model.database_url import Database
    from flask_status_cli.model.log.checkpoints import Run
    from flask_status_cli.model.log.hosts import Host
    from flask_status_cli.model.trusted_clock import ClockTrust


@frozen
class StreamInfo:
    """How far a log was read.

    `offset` is in bytes. `newest` is the epoch minute of the newest entry. `paths` are the files from which
    the log was read.
    """

    id: int
    format: str | None
    offset: int
    newest: int | None
    updated_at: datetime
    paths: tuple[str, ...]


@frozen
class DatabaseInfo:
    """The contents of a database.

    - `size`: in bytes. `rows`: the number of rows of each table.
    - `first`, `newest`: the first and the last epoch minute with requests.
    - `answering`: the number of paths with a route of their own; `answering_bound` is the most that may be.
    - `waiting`: the number of rows of paths that have not answered; `waiting_bound` is the most that may be.
    - `poured`: the number of requests added to `<unmatched>` before their path answered.
    - `other`: the number of requests added to `<other>`.
    - `merged`: the most requests that may be in crowds although a later rule or `keep` concerns them.
    - `crowds`: the label and the rule of each.
    - `minutes_from`: from this epoch minute on, all minutes are kept; `None` if no minute was deleted.
    - `clock_trust`: which clock is trusted.
    - `streams`: sorted by number. `runs`: the last ones, the newest first.
    - `hosts`: the hosts that ingest into the database, sorted by name.
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
    clock_trust: ClockTrust | None
    streams: tuple[StreamInfo, ...]
    runs: tuple[Run, ...]
    hosts: tuple[Host, ...] = ()
