"""Takes apart what `tail` prints of several files: pieces with a header line that names the file of each."""

from __future__ import annotations

import re
from collections import defaultdict

_HEADER = re.compile(rb"(?:\A|\n)==> ([^\n]+) <==\n")
"""A header line. Before each but the first one, `tail` prints an empty line."""


def lines_by_file(data: bytes) -> list[bytes] | None:
    """Return the lines of each file, `None` if this is not what `tail` prints of several files."""
    if not data.startswith(b"==> "):
        return None
    _, *found = _HEADER.split(data)
    lines: defaultdict[bytes, bytes] = defaultdict(bytes)
    for name, piece in zip(found[::2], found[1::2], strict=True):
        lines[name] += piece
    return [each for each in lines.values() if each]
