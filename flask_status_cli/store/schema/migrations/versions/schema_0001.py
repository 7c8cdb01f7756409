"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables of the first schema."""
    _counts()
    _reading()
    _rest()


def _counts() -> None:
    op.create_table(
        "route",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.UniqueConstraint("label", "rule", name="route_label_rule"),
    )
    for table, time in (("minute_count", "minute"), ("quarter_count", "quarter")):
        op.create_table(
            table,
            sa.Column(time, sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("route", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("status", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("requests", sa.BigInteger, nullable=False),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "waiting",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("status", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("waiting_minute", "waiting", ["minute", "requests"])


def _reading() -> None:
    op.create_table(
        "unread",
        sa.Column("quarter", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, primary_key=True),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
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
    )
    op.create_index("stream_head", "stream", ["head"])
    op.create_table(
        "input",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("device", sa.BigInteger, nullable=False),
        sa.Column("inode", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.Column("stream", sa.Integer),
    )


def _rest() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger, nullable=False),
        sa.Column("logs", sa.Integer, nullable=False),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("noise", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("problems", sa.Text, nullable=False),
    )
    op.create_table(
        "fact",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
