"""What is left of a prefix without its addresses and times: whether it may precede an entry depends on that.

A shipper of logs writes another time before each line, and each client has an address of its own. To prove
each such prefix by the grammar of all shippers takes as long as reading thirty lines.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Shape: TypeAlias = tuple[bytes | None, ...]
"""The parts of a prefix, between which its times stood."""

LONGEST: Final = 128
"""Longer prefixes have no shape: what reads them may stop at a length."""

# The first byte stands before the look behind it, so that `re` skips to the bytes that may begin a match.
_ALONE = rb"(?<![\w.:-].)"
_END = rb"(?![\w.:%-])"
_FOUR = rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}" + _END
_IPV4 = re.compile(rb"[0-9]" + _ALONE + rb"[0-9]{0,2}(?:\.[0-9]{1,3}){3}" + _END)
_MAPPED = re.compile(rb":" + _ALONE + rb":[Ff]{4}:" + _FOUR)
_IPV6 = re.compile(
    rb"[0-9A-Fa-f:]" + _ALONE + rb"(?=[0-9A-Fa-f:]{1,38}" + _END + rb")"
    rb"(?:[0-9A-Fa-f]{0,3}(?::[0-9A-Fa-f]{1,4}){7}|(?<=:):[0-9A-Fa-f:]*+|[0-9A-Fa-f:]*?::[0-9A-Fa-f:]*+)"
    + _END
)  # fmt: skip
_CLOCK = rb"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_ISO = re.compile(
    rb"[0-9]{4}(?<![\w.:-]....)([-/])[0-9]{2}\1[0-9]{2}([T _])" + _CLOCK
    + rb"(?:(,)[0-9]{3}(?![0-9])|(\.)[0-9]{1,9})?(?![0-9.,])"
)  # fmt: skip
_SYSLOG = re.compile(
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?<![\w.:-]...) [ 0-9][0-9] " + _CLOCK
    + rb"(?:(\.)[0-9]{1,9})?(?![0-9.,])"
)  # fmt: skip


def shape(prefix: bytes) -> Shape:
    """Return what two prefixes have in common that differ in addresses and times alone.

    `prefix` holds no quote: quotes stand for what was left out.
    """
    prefix = _IPV4.sub(b'"4"', prefix)
    colons = prefix.count(b":")
    if colons < 2:
        return (prefix,)
    if b"::" in prefix or colons > 6:
        prefix = _IPV6.sub(b'"6"', _MAPPED.sub(b'"5"', prefix))
    parts = _ISO.split(prefix)
    return tuple(parts if len(parts) > 1 else _SYSLOG.split(prefix))
