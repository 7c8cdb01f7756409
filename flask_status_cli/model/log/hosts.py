"""The hosts whose logs one database counts."""

from __future__ import annotations

from datetime import datetime

from flask_status_cli.frozen import frozen


@frozen
class Host:
    """A host: when it last ran, when it last ran without problems, and whether it is retired."""

    name: str
    seen_at: datetime
    good_at: datetime | None
    retired: bool
