"""The contents of a log: entries, other lines, and the routes of the entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

UNMATCHED = "<unmatched>"
"""The route of all requests that match no known route."""

OTHER = "<other>"
"""The route of answering paths beyond the limit of routes."""

OTHER_HOSTS = "<other>"
"""The label of all virtual hosts that have no label of their own."""

CLIENT_ERRORS = range(400, 500)
"""The status codes that blame the client."""

MAX_LINE = 1 << 20
"""The length of the longest line that is read, in bytes. A longer line is cut to one byte more, and refused.
"""


OTHER_TEXT = "other text"
"""The reason for noise that is neither a request nor anything known.

In a log with entries these are lines of other programs. In a log without entries they are not understood.
"""


ERROR_LOG = "error log"
"""The reason for noise that is a line of a server's error log."""


class Unread(Enum):
    """The two kinds of lines that are not entries."""

    REFUSED = "refused"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request as a server logged it.

    `minute` is the epoch minute of its time. `method` and `target` are `None` if the request line could not
    be parsed. `target` is as the client sent it, with the escapes of the server undone (RFC 9112, section
    3.2); bytes that are not UTF-8 are lone surrogates. `duration` is how long the request took, in
    microseconds, and `host` is the virtual host. Both are `None` if the line does not tell them; they make
    no difference between entries.
    """

    minute: int
    method: str | None
    target: str | None
    status: int
    duration: int | None = field(default=None, compare=False)
    host: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was refused: its number in what was read (from 1), the reason, and its beginning."""

    line_number: int
    reason: str
    sample: str


class Origin(Enum):
    """The origin of the rule of a route."""

    DISCOVERED = "discovered"
    CONFIGURED = "configured"
    APP = "app"
    FAILING = "failing"
    """A path that never answered and fails by itself. A report makes a route of it; the database has none."""


class GroupBy(Enum):
    """How a report groups its routes."""

    NONE = "none"
    BLUEPRINT = "blueprint"
    PREFIX = "prefix"


RouteKey: TypeAlias = tuple[str, str]
"""The label and the rule of a route: what it is known by outside of a database."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route: a rule in Flask's syntax, and a label (empty unless several apps share a database).

    - `name`, `doc`: those given by hand, else those of the source.
    - `endpoint`, `group`, `methods`: known of declared rules only. The group is a blueprint, or is set in the
      configuration.
    - `retired`: the rule was declared once, and is not any more.
    - `crowd`: the route collects the pages of a crowd, and is not declared.
    - `part_of`: for a page with a row of its own, the rule of its crowd. Such a page has no number in the
      database.
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
        """Whether the route is declared, so that it exists before its first request."""
        return self.origin is not Origin.DISCOVERED and not self.retired
