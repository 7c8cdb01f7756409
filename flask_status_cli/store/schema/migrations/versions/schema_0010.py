"""Adds the promised traffic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "expectation",
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
    )
