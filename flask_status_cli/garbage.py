"""How often the garbage collector looks through what was made. An ingest makes much, and hardly a cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OBJECTS: Final = 100_000
"""While lines are counted, the collector looks after so many new objects.

Python looks after 700. That took a quarter of a scan's time.
"""

OF_A_COMMAND: Final = 1_000_000
"""The same for a command that ends soon: looking while modules are imported took 10 ms of each command."""

_USUAL: Final = gc.get_threshold()


def collect_rarely() -> None:
    """Let the collector look rarely, for a program that ends soon."""
    gc.set_threshold(OF_A_COMMAND, *_USUAL[1:])


def collect_as_usual() -> None:
    """Let the collector look as often as in other programs, for a program that runs for days."""
    gc.set_threshold(*_USUAL)


def collect_no_more() -> None:
    """Let the collector look at nothing any more, because the program ends."""
    gc.disable()
    gc.freeze()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Let the collector look rarely while lines are counted, also in a program that is not ours."""
    former = gc.get_threshold()
    if former[0]:  # else somebody has switched it off
        gc.set_threshold(OBJECTS, *former[1:])
    try:
        yield
    finally:
        gc.set_threshold(*former)
