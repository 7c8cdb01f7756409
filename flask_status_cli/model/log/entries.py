"""What a log holds: entries, lines that are none, and the routes they are attributed to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

UNMATCHED = "<unmatched>"
"""The route of everything that is no known route."""

OTHER = "<other>"
"""The route of answering paths beyond the bound."""

MAX_LINE = 1 << 20
"""Bytes of the longest line that is read; a longer one is handed on cut to one byte more, and refused."""


OTHER_TEXT = "other text"
"""The reason of noise that is no request and nothing known.

In a log with entries these are lines of other programs. In a log without any they are not understood.
"""


ERROR_LOG = "error log"
"""The reason of noise that is a line of a server's error log."""


class Unread(Enum):
    """The two kinds of lines that are no entries."""

    REFUSED = "refused"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request as a server logged it.

    `minute` is the epoch minute of the logged time; `method` and `target` are `None` where the request
    line did not parse; `target` is as the client sent it, the server's escapes undone (RFC 9112, section
    3.2); bytes that are not UTF-8 are lone surrogates.
    """

    minute: int
    method: str | None
    target: str | None
    status: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not understood: its number in what was read (from 1), the reason, its beginning."""

    line_number: int
    reason: str
    sample: str


class Origin(Enum):
    """Where a route's rule came from."""

    DISCOVERED = "discovered"
    CONFIGURED = "configured"
    APP = "app"
    FAILING = "failing"
    """A path that never answered and fails by itself: a report makes it a route, no database holds it."""


class GroupBy(Enum):
    """What routes a report shows as a group."""

    NONE = "none"
    BLUEPRINT = "blueprint"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Route:
    """What we report on: a rule in Flask's syntax under a label (empty unless apps share a database).

    `name` and `doc` are those given by hand, else those of the source; `endpoint`, `group` (a blueprint,
    or what the configuration says) and `methods` are known of declared rules only; `retired` is a rule that
    was declared once and is no more. `crowd`: it gathers the pages of a crowd, and nobody declares it, so
    nobody promised any of them. `part_of` is the rule of the crowd that a page with a row of its own is part
    of; it has no number in the database.
    """

    label: str
    rule: str
    name: str = ""
    doc: str = ""
    origin: Origin = Origin.DISCOVERED
    hidden: bool = False
    endpoint: str = ""
    group: str = ""
    methods: tuple[str, ...] = ()
    retired: bool = False
    crowd: bool = False
    part_of: str = ""

    @property
    def declared(self) -> bool:
        """Whether somebody says that there is such a route: it exists before its first request."""
        return self.origin is not Origin.DISCOVERED and not self.retired
