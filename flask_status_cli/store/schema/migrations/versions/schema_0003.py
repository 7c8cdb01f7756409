"""Adds incidents: an index of failing minutes, announced ids, notes, and maintenance windows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the index and the tables."""
    op.create_index(
        "minute_count_failing",
        "minute_count",
        ["minute", "route", "status"],
        sqlite_where=sa.text("status >= 500"),
    )
    op.create_table(
        "incident",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("minute", sa.Integer, nullable=False),
    )
    op.create_table(
        "incident_note",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("post_mortem", sa.Text, nullable=False),
        sa.Column("false_alarm", sa.Boolean, nullable=False),
    )
    op.create_table(
        "maintenance",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
