"""Records when each problem was last printed, because cron mails all output.

A problem that persists is printed once a day.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

AGAIN_AFTER: Final = timedelta(days=1)
"""A problem that persists is printed again after this time."""

_NUMBERS: Final = LazyPattern(r"\d[\d,.]*")


@frozen
class PrintedProblems:
    """The problems that a run prints.

    - `problems`: the log that each sentence is about, `""` if it is about no log.
    - `well`: the logs that were read without a problem. If they have one again, it is printed at once.
    """

    problems: Mapping[str, str]
    well: Sequence[str]


def lately(connection: Connection, problems: Iterable[str], *, now: datetime) -> list[str]:
    """Return those problems that were printed within the last day. Numbers in the sentences may differ."""
    kept = set(connection.column(compiled.SAID, after=now - AGAIN_AFTER, until=now))
    return [problem for problem in problems if _key(problem) in kept]


def record_printed(connection: Connection, printed: PrintedProblems, *, now: datetime) -> None:
    """Record that these problems are printed now, and forget the problems of logs that are well."""
    known = set(connection.column(compiled.SAID_PATHS))
    for path in known.intersection(printed.well):
        connection.change(compiled.FORGET_SAID, of_path=path)
    for problem, path in printed.problems.items():
        connection.change(compiled.PUT_SAID, problem=_key(problem), path=path, at=now)


def _key(problem: str) -> bytes:
    """Return a digest of a problem: of the text before the colon, and of the rest without numbers."""
    from hashlib import blake2b  # it loads OpenSSL, and most runs print no problem

    where, colon, what = problem.partition(": ")
    return blake2b(os.fsencode(where + colon + _NUMBERS.sub("0", what)), digest_size=16).digest()
