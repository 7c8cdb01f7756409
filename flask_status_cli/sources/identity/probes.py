"""Tells probes from other lines. Two servers may have the same probes, so probes do not identify a log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_TIME = re.compile(rb"(?<!\d)\d\d:\d\d:\d\d(?:[.,]\d+)?")


def no_probes(lines: Sequence[bytes]) -> list[bool]:
    """Return for each line whether it differs from all others in more than its time.

    Lines that differ only in their time are probes, such as health checks.
    """
    timeless = [_TIME.sub(b"", line, count=1) for line in lines]
    often = Counter(timeless)
    return [often[line] == 1 for line in timeless]
