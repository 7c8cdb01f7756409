"""Adds announcements of incidents, and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "notice",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("transition", sa.Text, nullable=False),
        sa.Column("level", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("incident", "transition", name="notice_incident_transition"),
    )
    op.create_table(
        "delivery",
        sa.Column("notice", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("problem", sa.Text),
        sa.Column("told", sa.Boolean, nullable=False),
    )
