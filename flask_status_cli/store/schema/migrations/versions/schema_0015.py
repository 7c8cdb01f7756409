"""Adds the minutes in which the extension counted, because `ingest` leaves them out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "extension_span",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("after_log", sa.Boolean, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
    )
