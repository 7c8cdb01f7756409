"""How often the garbage collector looks through what was made, while lines are counted."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OBJECTS: Final = 100_000
"""So many new objects are worth a look. Python looks after 700: that took a quarter of a scan's time."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Let the collector look rarely: counting makes many objects and no cycles."""
    former = gc.get_threshold()
    if former[0]:  # else somebody has switched it off
        gc.set_threshold(max(OBJECTS, former[0]), *former[1:])
    try:
        yield
    finally:
        gc.set_threshold(*former)
