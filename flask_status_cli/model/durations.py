"""The durations that were counted: numbers of requests by hour, bucket and code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from struct import Struct
from typing import Final, TypeAlias

from flask_status_cli.model.duration_buckets import CODES

Durations: TypeAlias = Mapping[int, Mapping[int, int]]
"""`durations[hour][bucket * CODES + code]` is a number of requests; see `MinuteCounts`."""

RECORD: Final = Struct("=iII")
"""A request in a text of records: the hour since the epoch, the code, and the bucket of its duration."""


class RecordedDurations(Mapping[int, Mapping[int, int]]):
    """Durations of which a part is not added up yet.

    Compiled code writes a record for each request, and sorts the records when they are stored. That takes a
    fraction of the time of adding each one to a dict. They are added up here if anybody else looks at them.

    - `sums`: the durations that are added up.
    - `records`: texts of records, each a `RECORD`.
    """

    __slots__ = ("records", "sums")

    def __init__(self, sums: dict[int, dict[int, int]], records: list[bytes]) -> None:
        self.sums = sums
        self.records = records

    def __bool__(self) -> bool:
        return bool(self.sums or self.records)

    def __len__(self) -> int:
        return len(self._added_up())

    def __iter__(self) -> Iterator[int]:
        return iter(self._added_up())

    def __getitem__(self, hour: int) -> Mapping[int, int]:
        return self._added_up()[hour]

    def _added_up(self) -> dict[int, dict[int, int]]:
        records, self.records = self.records, []
        for text in records:
            for hour, code, bucket in RECORD.iter_unpack(text):
                cells = self.sums.setdefault(hour, {})
                key = bucket * CODES + code
                cells[key] = cells.get(key, 0) + 1
        return self.sums


def parts_of(durations: Durations) -> tuple[dict[int, Mapping[int, int]], Sequence[bytes]]:
    """Return the durations that are added up, and the texts of records of all others."""
    if isinstance(durations, RecordedDurations):
        return dict(durations.sums), durations.records
    return dict(durations), ()
