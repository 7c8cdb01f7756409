"""Adds how long requests took: by hour, by day, and for paths that have not answered yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the tables."""
    for name, time in (("hour_duration", "hour"), ("day_duration", "day")):
        op.create_table(
            name,
            sa.Column(time, sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("route", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("requests", sa.BigInteger, nullable=False),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "waiting_duration",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
