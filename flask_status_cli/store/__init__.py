"""Counts and checkpoints in a database: the only room that knows SQL."""

from flask_status_cli.store.alike import CountedTwice
from flask_status_cli.store.batch import THIS_STREAM, Batch, Committed, StreamsChanged
from flask_status_cli.store.crowding import Folding
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
