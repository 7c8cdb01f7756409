"""Adds the streams whose lines are no longer understood."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "misread",
        sa.Column("stream", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("updated", sa.Integer, nullable=False),
        sa.Column("lines", sa.BigInteger, nullable=False),
    )
