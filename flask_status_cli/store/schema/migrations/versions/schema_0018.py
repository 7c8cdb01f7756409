"""Adds the last stored flush of each process with the extension, so that none is stored twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "extension_flush",
        sa.Column("process", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("minute", sa.Integer, nullable=False),
    )
