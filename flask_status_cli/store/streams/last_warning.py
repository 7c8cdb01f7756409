"""When a problem was last printed. Cron mails all output, so a persistent problem is printed once a day."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

AGAIN_AFTER: Final = timedelta(days=1)
"""A problem that persists is printed again after this time."""

_NUMBERS: Final = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True, slots=True)
class Saying:
    """What one run prints: `problems` are the sentences with the log that each is about, `""` for none.

    The logs in `well` have no problem any more. A new problem of theirs is printed at once.
    """

    problems: Mapping[str, str]
    well: Sequence[str]


def lately(connection: Connection, problems: Iterable[str], *, now: datetime) -> list[str]:
    """Return those of the problems that were printed within the last day, even with other numbers in them."""
    kept = set(connection.column(compiled.SAID, after=now - AGAIN_AFTER, until=now))
    return [problem for problem in problems if _key(problem) in kept]


def note(connection: Connection, saying: Saying, *, now: datetime) -> None:
    """Record what is printed now."""
    known = set(connection.column(compiled.SAID_PATHS))
    for path in known.intersection(saying.well):
        connection.change(compiled.FORGET_SAID, of_path=path)
    for problem, path in saying.problems.items():
        connection.change(compiled.PUT_SAID, problem=_key(problem), path=path, at=now)


def _key(problem: str) -> bytes:
    """Return the identity of a problem: its place and its text without numbers."""
    where, colon, what = problem.partition(": ")
    return blake2b(os.fsencode(where + colon + _NUMBERS.sub("0", what)), digest_size=16).digest()
