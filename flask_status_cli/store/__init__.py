"""Stores counts and checkpoints in a database. No other room knows SQL.

Each name is imported when it is first used, because an ingest without new lines needs few of them.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.store.batch import (
        THIS_STREAM,
        Batch,
        BatchRefused,
        Committed,
        StreamsChanged,
    )
    from flask_status_cli.store.counts.duplicate_logs import (
        CountedTwice,
        is_regular,
        may_be_comparable,
    )
    from flask_status_cli.store.counts.gathered_batches import GatheredBatches
    from flask_status_cli.store.crowds.fold_result import FoldedRoutes
    from flask_status_cli.store.database.dry_run import open_for_dry_run
    from flask_status_cli.store.database.lock import (
        AN_HOUR,
        LockBusy,
        WriteLock,
        note_printed,
        printed_lately,
    )
    from flask_status_cli.store.database.open_database import may_exist
    from flask_status_cli.store.edits import Placing
    from flask_status_cli.store.incidents.frozen_incidents import Freezing
    from flask_status_cli.store.live_store import LiveStore
    from flask_status_cli.store.notifications.notifying_reader import NotificationReader
    from flask_status_cli.store.notifications.outbox import DatabaseChanged, Outbox
    from flask_status_cli.store.reader import Ledger
    from flask_status_cli.store.routes.reattribution import FindDeclared
    from flask_status_cli.store.small_batch import (
        MOST_STREAMS,
        SmallBatch,
        SmallCommitted,
        SmallCounts,
        SmallStream,
    )
    from flask_status_cli.store.streams.last_warning import PrintedProblems
    from flask_status_cli.store.writer import Store

__all__ = [
    "AN_HOUR",
    "MOST_STREAMS",
    "THIS_STREAM",
    "Batch",
    "BatchRefused",
    "Committed",
    "CountedTwice",
    "DatabaseChanged",
    "FindDeclared",
    "FoldedRoutes",
    "Freezing",
    "GatheredBatches",
    "Ledger",
    "LiveStore",
    "LockBusy",
    "NotificationReader",
    "Outbox",
    "Placing",
    "PrintedProblems",
    "SmallBatch",
    "SmallCommitted",
    "SmallCounts",
    "SmallStream",
    "Store",
    "StreamsChanged",
    "WriteLock",
    "is_regular",
    "may_be_comparable",
    "may_exist",
    "note_printed",
    "open_for_dry_run",
    "printed_lately",
]

_MODULES = {
    "counts.duplicate_logs": ("CountedTwice", "is_regular", "may_be_comparable"),
    "small_batch": (
        "MOST_STREAMS",
        "SmallBatch",
        "SmallCommitted",
        "SmallCounts",
        "SmallStream",
    ),
    "batch": (
        "THIS_STREAM",
        "Batch",
        "BatchRefused",
        "Committed",
        "StreamsChanged",
    ),
    "crowds.fold_result": ("FoldedRoutes",),
    "incidents.frozen_incidents": ("Freezing",),
    "counts.gathered_batches": ("GatheredBatches",),
    "reader": ("Ledger",),
    "live_store": ("LiveStore",),
    "database.lock": (
        "AN_HOUR",
        "LockBusy",
        "WriteLock",
        "note_printed",
        "printed_lately",
    ),
    "notifications.outbox": (
        "DatabaseChanged",
        "Outbox",
    ),
    "routes.reattribution": ("FindDeclared",),
    "database.dry_run": ("open_for_dry_run",),
    "database.open_database": ("may_exist",),
    "streams.last_warning": ("PrintedProblems",),
    "notifications.notifying_reader": ("NotificationReader",),
    "edits": ("Placing",),
    "writer": ("Store",),
}
__getattr__ = names_from(
    globals(), {name: module for module, names in _MODULES.items() for name in names}
)
