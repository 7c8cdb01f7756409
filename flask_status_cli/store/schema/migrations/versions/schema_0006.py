"""Adds crowds: their routes, their failures by path, and frozen incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ROUTE = 'id, label, rule, name, doc, origin, hidden, endpoint, "group", methods, retired'


def upgrade() -> None:
    """Add columns to the table of routes, and create the other tables."""
    _routes()
    op.create_table(
        "crowd",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("parent", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
    )
    op.create_table(
        "kept",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("glob", sa.Text, primary_key=True),
    )
    op.create_table(
        "crowd_failure",
        sa.Column("route", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("status", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("newest", sa.Integer, nullable=False),
    )
    op.create_table(
        "frozen",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("into", sa.Text, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("was_open", sa.Boolean, nullable=False),
        sa.Column("recovered", sa.Boolean, nullable=False),
        sa.Column("last_request", sa.Integer, nullable=False),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("valid", sa.BigInteger, nullable=False),
        sa.Column("statuses", sa.Text, nullable=False),
        sa.Column("worst", sa.Text, nullable=False),
        sa.Column("minute", sa.Integer, nullable=False),
    )


def _routes() -> None:
    op.rename_table("route", "route_0005")
    op.create_table(
        "route",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("group", sa.Text, nullable=False),
        sa.Column("methods", sa.Text, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("given_name", sa.Text),
        sa.Column("given_doc", sa.Text),
        sa.Column("crowd", sa.Boolean, nullable=False),
        sa.Column("merged_into", sa.Integer),
        sa.UniqueConstraint("label", "rule", name="route_label_rule"),
    )
    op.execute(
        f"INSERT INTO route SELECT {ROUTE}, given_name, given_doc, 0, NULL FROM route_0005"  # noqa: S608 - names of our own tables
    )
    op.drop_table("route_0005")
