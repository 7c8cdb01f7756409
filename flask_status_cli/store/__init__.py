"""Counts and checkpoints in a database: the only room that knows SQL.

Each name is imported when it is asked for: an ingest that finds nothing new needs few of them.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.store.alike import CountedTwice
    from flask_status_cli.store.batch import THIS_STREAM, Batch, Committed, StreamsChanged
    from flask_status_cli.store.folding import Folding
    from flask_status_cli.store.frozen import Freezing
    from flask_status_cli.store.gathered import Gathered
    from flask_status_cli.store.ledger import Ledger
    from flask_status_cli.store.lock import AN_HOUR, LockBusy, WriteLock, note_told, told_lately
    from flask_status_cli.store.outbox import Changed, Outbox
    from flask_status_cli.store.reattribution import Place
    from flask_status_cli.store.rehearsal import open_for_dry_run
    from flask_status_cli.store.said import Saying
    from flask_status_cli.store.told import TellingLedger
    from flask_status_cli.store.writer import Placing, Store

__all__ = [
    "AN_HOUR",
    "THIS_STREAM",
    "Batch",
    "Changed",
    "Committed",
    "CountedTwice",
    "Folding",
    "Freezing",
    "Gathered",
    "Ledger",
    "LockBusy",
    "Outbox",
    "Place",
    "Placing",
    "Saying",
    "Store",
    "StreamsChanged",
    "TellingLedger",
    "WriteLock",
    "note_told",
    "open_for_dry_run",
    "told_lately",
]

_MODULES = {
    "alike": ("CountedTwice",),
    "batch": (
        "THIS_STREAM",
        "Batch",
        "Committed",
        "StreamsChanged",
    ),
    "folding": ("Folding",),
    "frozen": ("Freezing",),
    "gathered": ("Gathered",),
    "ledger": ("Ledger",),
    "lock": (
        "AN_HOUR",
        "LockBusy",
        "WriteLock",
        "note_told",
        "told_lately",
    ),
    "outbox": (
        "Changed",
        "Outbox",
    ),
    "reattribution": ("Place",),
    "rehearsal": ("open_for_dry_run",),
    "said": ("Saying",),
    "told": ("TellingLedger",),
    "writer": (
        "Placing",
        "Store",
    ),
}
__getattr__ = names_from(
    globals(), {name: module for module, names in _MODULES.items() for name in names}
)
