"""Lets the texts of days have the hours of their buckets. An older program cannot read such texts."""

from __future__ import annotations

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Change no table: the texts of days that are stored have no hours, and need none."""
