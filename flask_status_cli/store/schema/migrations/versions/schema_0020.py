"""Stores all durations of a time and a route in one row, which takes a third of the time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

TABLES: Final = (
    ("hour_duration", (("hour", sa.Integer), ("route", sa.Integer))),
    ("day_duration", (("day", sa.Integer), ("route", sa.Integer))),
    ("waiting_duration", (("label", sa.Text), ("rule", sa.Text), ("hour", sa.Integer))),
)
"""The tables, and the columns of their new keys."""

ROWS_AT_ONCE: Final = 10_000


def upgrade() -> None:
    """Put the buckets of each row together: see `store.counts.duration_rows`."""
    for name, key in TABLES:
        rows = list(_packed(name, [column for column, _ in key]))
        op.drop_table(name)
        table = op.create_table(
            name,
            *(
                sa.Column(column, kind, primary_key=True, autoincrement=False)
                for column, kind in key
            ),
            sa.Column("buckets", sa.Text, nullable=False),
            sqlite_with_rowid=False,
        )
        names = [*(column for column, _ in key), "buckets"]
        some = iter(rows)
        while part := list(islice(some, ROWS_AT_ONCE)):
            op.bulk_insert(table, [dict(zip(names, row, strict=True)) for row in part])


def _packed(name: str, key: list[str]) -> Iterator[tuple[Any, ...]]:
    order = ", ".join(key)
    query = f"SELECT {order}, bucket, requests FROM {name} ORDER BY {order}, bucket"  # noqa: S608 - names of our own tables
    found = op.get_bind().execute(sa.text(query), execution_options={"stream_results": True})
    for values, rows in groupby(found, itemgetter(*range(len(key)))):
        yield *values, "".join(_word(*row[-2:]) for row in rows)


def _word(bucket: int, requests: int) -> str:
    return f"{bucket} " if requests == 1 else f"{bucket}*{requests} "
