"""What the lines of a log do not say, given its format."""

from __future__ import annotations

from datetime import tzinfo

from flask_status_cli.formats import lookup
from flask_status_cli.formats.durations import MICROSECONDS
from flask_status_cli.model.log.unsaid import ALL_SAID, Unsaid


def unsaid_of(sample: bytes, name: str | None, zone: tzinfo, *, brief: bool = False) -> Unsaid:
    """Return what the entries in a sample of a log do not say.

    - `name`: the format of the log, `None` without entries.
    - `zone`: the zone of times without an offset.
    - `brief`: whether to look only at the first entry.
    """
    if name is None:
        return ALL_SAID
    known = lookup(name)
    if known.local_time is not None:
        return Unsaid(
            zone=known.local_time,
            lost=known.lost_duration,
            duration=known.unsure_duration,
            unit=MICROSECONDS if known.unsure_duration.startswith("%") else "",
        )
    from flask_status_cli.formats.unsaid_parts import ENTRIES, unsaid

    entries = 1 if brief else ENTRIES
    return unsaid(sample, name=name, zone=zone, entries=entries)
