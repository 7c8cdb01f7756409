"""Sets how often Python's garbage collector runs: rarely, because an ingest makes hardly any cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OBJECTS: Final = 300_000
"""While lines are counted, the collector runs after this many new objects.

Python's usual number is 700, which took a quarter of the time of an ingest of a scan.
"""

OF_A_COMMAND: Final = 1_000_000
"""In a short command, the collector runs after this many new objects. Otherwise imports take 10 ms longer."""

_USUAL: Final = gc.get_threshold()


def collect_rarely() -> None:
    """Let the collector run rarely, for a command that ends soon."""
    gc.set_threshold(OF_A_COMMAND, *_USUAL[1:])


def collect_as_usual() -> None:
    """Let the collector run as often as usual, for a command that runs for days."""
    gc.set_threshold(*_USUAL)


def collect_no_more() -> None:
    """Switch the collector off, because the program ends."""
    gc.disable()
    gc.freeze()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Let the collector run rarely within the block, which counts lines. Restore its setting afterwards."""
    former = gc.get_threshold()
    if former[0]:  # 0 means that the program has switched it off
        gc.set_threshold(OBJECTS, *former[1:])
    try:
        yield
    finally:
        gc.set_threshold(*former)
