"""The shape of a prefix: the prefix without its addresses and times. It decides whether an entry may follow.

Carriers write another time before each line, and each client has another address. To match each prefix with
the patterns of all carriers would take as long as reading thirty lines. So this is done once for each shape.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from flask_status_cli.lazy_pattern import LazyPattern

Shape: TypeAlias = tuple[bytes | None, ...]
"""The parts of a prefix before, between and after its times."""

LONGEST: Final = 128
"""Longer prefixes have no shape, because the patterns of prefixes may be limited in length."""

# In each pattern, the first byte comes before its lookbehind. So `re` can skip to bytes that may begin a
# match.
_ALONE = rb"(?<![\w.:-].)"
_END = rb"(?![\w.:%-])"
_FOUR = rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}" + _END
_IPV4 = LazyPattern(rb"[0-9]" + _ALONE + rb"[0-9]{0,2}(?:\.[0-9]{1,3}){3}" + _END)
_MAPPED = LazyPattern(rb":" + _ALONE + rb":[Ff]{4}:" + _FOUR)
_IPV6 = LazyPattern(
    rb"[0-9A-Fa-f:]" + _ALONE + rb"(?=[0-9A-Fa-f:]{1,38}" + _END + rb")"
    rb"(?:[0-9A-Fa-f]{0,3}(?::[0-9A-Fa-f]{1,4}){7}|(?<=:):[0-9A-Fa-f:]*+|[0-9A-Fa-f:]*?::[0-9A-Fa-f:]*+)"
    + _END
)  # fmt: skip
_CLOCK = rb"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_ISO = LazyPattern(
    rb"[0-9]{4}(?<![\w.:-]....)([-/])[0-9]{2}\1[0-9]{2}([T _])" + _CLOCK
    + rb"(?:(,)[0-9]{3}(?![0-9])|(\.)[0-9]{1,9})?(?![0-9.,])"
)  # fmt: skip
_SYSLOG = LazyPattern(
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?<![\w.:-]...) [ 0-9][0-9] " + _CLOCK
    + rb"(?:(\.)[0-9]{1,9})?(?![0-9.,])"
)  # fmt: skip


def shape(prefix: bytes) -> Shape:
    """Return the shape of a prefix: prefixes that differ only in addresses and times have the same one.

    `prefix` has no quotes, because in the shape quotes mark the removed parts.
    """
    prefix = _IPV4.sub(b'"4"', prefix)
    colons = prefix.count(b":")
    if colons < 2:
        return (prefix,)
    if b"::" in prefix or colons > 6:
        prefix = _IPV6.sub(b'"6"', _MAPPED.sub(b'"5"', prefix))
    parts = _ISO.split(prefix)
    return tuple(parts if len(parts) > 1 else _SYSLOG.split(prefix))
