"""Messages about routes that were folded into crowds, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask_status_cli.model.database_url import Database
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from flask_status_cli.store import FoldedRoutes

LINES: Final = 10
"""The messages list at most this many crowds, those with the most routes."""


def copied(database: Database, to: Path) -> str:
    """Return the message that a database was converted, and where the copy of the original is."""
    return f"{database}: converted from an older version; the original is kept in {to}"


def folded(done: Iterable[FoldedRoutes]) -> Iterator[str]:
    """Yield messages about the routes of an older database that were folded into crowds."""
    done = list(done)
    found = [(-number, each.label, rule) for each in done for rule, number in each.sizes.items()]
    if not found:
        return
    yield (
        f"{-sum(number for number, _, _ in found):,} routes are pages of a crowd and are counted together "
        "from now on; see docs/routes.md, and keep = [...] for those that should not"
    )
    for number, label, rule in sorted(found)[:LINES]:
        yield f"{printable(rule)}{_of(label)}: {-number:,} routes"
    if len(found) > LINES:
        yield f"and {len(found) - LINES:,} more: flask-status db info"
    for each in done:
        yield from dropped(each)


def dropped(done: FoldedRoutes) -> Iterator[str]:
    """Yield a message for each hidden route that was folded into a crowd.

    The crowd is not hidden, because that would hide other pages, too.
    """
    for rule in done.hidden:
        into = done.moved[rule]
        yield (
            f"{printable(rule)}{_of(done.label)} was hidden and is now part of {printable(into)}, which is "
            f"shown; to hide all of it: flask-status routes hide '{printable(into)}'"
        )


def _of(label: str) -> str:
    return f" of {printable(label)}" if label else ""
