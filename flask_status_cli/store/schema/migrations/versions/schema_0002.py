"""Adds the declared rules, and what they say about routes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns to the table of routes, and create the table of URL maps."""
    op.rename_table("route", "route_0001")
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
        sa.UniqueConstraint("label", "rule", name="route_label_rule"),
    )
    op.execute(
        "INSERT INTO route SELECT id, label, rule, name, doc, origin, hidden,"
        " '', '', '', 0, NULL, NULL FROM route_0001"
    )
    op.drop_table("route_0001")
    op.create_table(
        "url_map",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )
