"""What a caller asks of an ingest, and how it is told of progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

Progress = Callable[[str, int, int | None], None]
"""`progress(path, bytes read, bytes in all or None)`, called now and then while a log is read."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How to read: `arguments` are paths, globs, directories or `-`; `format` restricts the format.

    `zone` is that of stamps without offset; `label` tells apps in one database apart; `siblings` lets
    rotated files be found; `wait` is how many seconds another ingest may hold the lock; with `dry_run`
    nothing is stored; refused lines are appended to `rejects`; `jobs` processes count a large log.
    """

    database: Path
    arguments: tuple[str, ...]
    zone: tzinfo
    format: str | None = None
    label: str = ""
    siblings: bool = True
    wait: float = 10.0
    dry_run: bool = False
    rejects: Path | None = None
    jobs: int = 1
