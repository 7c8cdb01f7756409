"""Stores the durations of waiting paths beside their requests, which takes no rows of their own."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

MOVE: Final = """
UPDATE waiting SET buckets = waiting.buckets || :buckets
WHERE label = :label AND rule = :rule AND minute = :minute AND status = :status
"""

FIRST_ROW: Final = """
SELECT minute, status FROM waiting
WHERE label = :label AND rule = :rule AND minute BETWEEN :first AND :last ORDER BY minute, status LIMIT 1
"""

UNMATCHED: Final = "SELECT id FROM route WHERE label = :label AND rule = '<unmatched>'"


def upgrade() -> None:
    """Move each row to the first requests of its path in its hour; see `store.counts.waiting_paths`."""
    op.add_column("waiting", sa.Column("buckets", sa.Text, nullable=False, server_default=""))
    run = op.get_bind().execute
    for row in run(sa.text("SELECT label, rule, hour, buckets FROM waiting_duration")).all():
        of = dict(row._mapping)  # noqa: SLF001 - it is the documented name
        within = {"first": of["hour"] * 60, "last": of["hour"] * 60 + 59}
        found = run(sa.text(FIRST_ROW), of | within).first()
        if found is not None:
            run(sa.text(MOVE), of | {"minute": found[0], "status": found[1]})
        else:
            _count_as_unmatched(of["label"], of["hour"], of["buckets"])
    op.drop_table("waiting_duration")


def _count_as_unmatched(label: str, hour: int, buckets: str) -> None:
    """Add durations whose requests were counted as `<unmatched>`."""
    run = op.get_bind().execute
    number = run(sa.text(UNMATCHED), {"label": label}).scalar()
    if number is None:
        return
    for time, value in (("hour", hour), ("day", hour // 24)):
        table = f"{time}_duration"
        run(
            sa.text(
                f"INSERT INTO {table} ({time}, route, buckets) VALUES (:time, :route, :buckets) "  # noqa: S608 - names of our own tables
                f"ON CONFLICT ({time}, route) DO UPDATE SET buckets = {table}.buckets || excluded.buckets"
            ),
            {"time": value, "route": number, "buckets": buckets},
        )
