"""When a problem was said last: cron mails all that is said, so one that lasts is said once a day."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.store.schema.tables import said

AGAIN_AFTER: Final = timedelta(days=1)
"""A problem that lasts is said again after so long."""

_NUMBERS: Final = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True, slots=True)
class Saying:
    """What one run says: `problems` are the sentences with the log that each is of, `""` for none.

    Of the logs in `well` nothing is wrong any more: when something is again, it is said at once.
    """

    problems: Mapping[str, str]
    well: Sequence[str]


def lately(connection: Connection, problems: Iterable[str], *, now: datetime) -> list[str]:
    """Return those of the problems that were said within the last day, whatever the numbers in them."""
    known = select(said.c.problem).where(said.c.at > now - AGAIN_AFTER, said.c.at <= now)
    kept = set(connection.scalars(known))
    return [problem for problem in problems if _key(problem) in kept]


def note(connection: Connection, saying: Saying, *, now: datetime) -> None:
    """Remember what is said now."""
    known = set(connection.scalars(select(said.c.path)))
    for path in known.intersection(saying.well):
        connection.execute(delete(said).where(said.c.path == path))
    statement = insert(said)
    upsert = statement.on_conflict_do_update(
        index_elements=[said.c.problem], set_={"path": statement.excluded.path, "at": now}
    )
    for problem, path in saying.problems.items():
        connection.execute(upsert, {"problem": _key(problem), "path": path, "at": now})


def _key(problem: str) -> bytes:
    """Return what a problem is known by: where it is, and what it says but for the numbers."""
    where, colon, what = problem.partition(": ")
    return blake2b(os.fsencode(where + colon + _NUMBERS.sub("0", what)), digest_size=16).digest()
