"""What is asked of the routes of a database, and what is told to them."""

from __future__ import annotations

from pathlib import Path

from flask_status_cli.model import UNMATCHED, ListedRoute
from flask_status_cli.store import Ledger


def list_routes(database: Path) -> tuple[ListedRoute, ...]:
    """Return every route of a database by label and rule, `<unmatched>` behind all others."""
    with Ledger.open(database) as ledger:
        listed = ledger.listed_routes()
    return tuple(sorted(listed, key=_by_rule))


def _by_rule(listed: ListedRoute) -> tuple[bool, str, str]:
    return listed.route.rule == UNMATCHED, listed.route.label, listed.route.rule
