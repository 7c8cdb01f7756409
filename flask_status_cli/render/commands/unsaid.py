"""Sentences about what the lines of a log do not say, how it was read, and which option says it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_status_cli.model.log.unsaid import Unsaid
from flask_status_cli.render.escape import printable

_KEY = 60
"""The longest part of a key that is shown, in characters."""


def sentences(found: Unsaid) -> Iterator[str]:
    """Yield a sentence about the zone of times, and one about durations, if they are not known."""
    if found.in_utc and found.ahead != 0:
        yield (
            "its times have no offset and are read in UTC, as Caddy writes them; "
            "if its time_local is set, give --log-timezone"
        )
    if found.lost:
        yield (
            f"its durations are not counted: nothing shows where {printable(found.lost, _KEY)} is in a line; "
            "put quotes around the fields beside it"
        )
    if found.duration:
        yield _durations(printable(found.duration, _KEY), found)


def _durations(key: str, found: Unsaid) -> str:
    if not found.unit and not found.json:
        return (
            f"its durations are not counted: the unit of {key} is not known; let its name show it, as in "
            "duration_ms (IIS: let it write s-port or sc-win32-status, too)"
        )
    if not found.unit:
        return (
            f"its durations are not counted: the unit of {key} is not known; "
            f"give --json-map duration_ms={key}, or duration_s, duration_us or duration_ns"
        )
    if found.unit == "us":
        return (
            f"its duration {key} is read as microseconds, as Apache writes it; if Tomcat before 10.1, or "
            "another server with milliseconds, wrote the log, replace it with %{ms}T"
        )
    other = "s" if found.unit == "ms" else "ms"
    how = (
        f"give --json-map duration_{other}={key}"
        if found.json
        else f"rename it in the log, for example to duration_{other}"
    )
    return (
        f"its duration {key} shows no unit; a number with a fraction is read as seconds, and another one "
        f"as milliseconds; if that is wrong, {how}"
    )
