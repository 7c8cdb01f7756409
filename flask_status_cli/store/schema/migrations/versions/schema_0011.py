"""Adds when each problem was last printed, because cron should mail it once a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "said",
        sa.Column("problem", sa.LargeBinary, primary_key=True),
        sa.Column("path", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
