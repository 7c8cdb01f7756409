"""Adds hosts: each stream, input and run belongs to one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

ON_POSTGRESQL = (
    """ALTER TABLE stream ADD COLUMN host TEXT COLLATE "C" NOT NULL DEFAULT ''""",
    """ALTER TABLE input ADD COLUMN host TEXT COLLATE "C" NOT NULL DEFAULT ''""",
    """ALTER TABLE run ADD COLUMN host TEXT COLLATE "C" NOT NULL DEFAULT ''""",
    "ALTER TABLE stream ALTER COLUMN host DROP DEFAULT",
    "ALTER TABLE input ALTER COLUMN host DROP DEFAULT",
    "ALTER TABLE run ALTER COLUMN host DROP DEFAULT",
    "ALTER TABLE input DROP CONSTRAINT input_pkey, ADD PRIMARY KEY (host, path)",
)


def upgrade() -> None:
    """Create the table of hosts, and give all rows the host without a name."""
    op.create_table(
        "host",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("good_at", sa.BigInteger),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in ON_POSTGRESQL:
            op.execute(statement)
        return
    _streams()
    _inputs()
    _runs()


def _streams() -> None:
    op.drop_index("stream_head", "stream")
    op.rename_table("stream", "stream_0016")
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
        sa.Column("host", sa.Text, nullable=False),
    )
    op.create_index("stream_head", "stream", ["head"])
    op.execute(
        'INSERT INTO stream SELECT id, head, "offset", marks, newest, format, partial, pending,'
        " updated_at, prints, '' FROM stream_0016"
    )
    op.drop_table("stream_0016")


def _inputs() -> None:
    op.rename_table("input", "input_0016")
    op.create_table(
        "input",
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("device", sa.BigInteger, nullable=False),
        sa.Column("inode", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.Column("stream", sa.Integer),
    )
    op.execute(
        "INSERT INTO input SELECT '', path, device, inode, size, mtime, read_at, stream FROM input_0016"
    )
    op.drop_table("input_0016")


def _runs() -> None:
    op.rename_table("run", "run_0016")
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
        sa.Column("host", sa.Text, nullable=False),
    )
    op.execute(
        "INSERT INTO run SELECT id, started_at, finished_at, logs, lines, entries, noise, refused,"
        " problems, '' FROM run_0016"
    )
    op.drop_table("run_0016")
