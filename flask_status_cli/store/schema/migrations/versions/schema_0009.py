"""Adds digests of lines that came through a pipe, to recognize files that are parts of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placed",
        sa.Column("stream", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mask", sa.Integer, nullable=False),
    )
    op.create_table(
        "place",
        sa.Column("line", sa.LargeBinary, primary_key=True),
        sa.Column("stream", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("place_stream", "place", ["stream"])
