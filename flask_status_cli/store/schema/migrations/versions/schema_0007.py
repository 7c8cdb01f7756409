"""Adds fingerprints of the first lines of each stream, to distinguish logs whose first line is the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add a column to the table of streams. Known streams get their fingerprints when they are continued."""
    op.drop_index("stream_head", "stream")
    op.rename_table("stream", "stream_0006")
    op.create_table(
        "stream",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("marks", sa.LargeBinary, nullable=False),
        sa.Column("newest", sa.Integer),
        sa.Column("format", sa.Text),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.Column("pending", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("prints", sa.LargeBinary, nullable=False),
    )
    op.create_index("stream_head", "stream", ["head"])
    op.execute(
        'INSERT INTO stream SELECT id, head, "offset", marks, newest, format, partial, pending,'
        " updated_at, x'' FROM stream_0006"
    )
    op.drop_table("stream_0006")
