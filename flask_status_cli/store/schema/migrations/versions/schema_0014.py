"""Adds the routes that `routes only` has hidden, so that `routes only --all` shows no others again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "hidden_by_only",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
    )
