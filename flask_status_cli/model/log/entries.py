"""The contents of a log: entries, other lines, and the routes of the entries."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TypeAlias

from flask_status_cli.frozen import frozen

UNMATCHED = "<unmatched>"
"""The route of all requests that match no known route."""

OTHER = "<other>"
"""The route of answering paths beyond the limit of routes."""

OTHER_HOSTS = "<other>"
"""The label of the virtual hosts without a label of their own."""

CLIENT_ERRORS = range(400, 500)
"""The status codes of client errors."""

SERVER_ERRORS = range(500, 600)
"""The status codes of server errors."""

MAX_LINE = 1 << 20
"""The length of the longest line that is read, in bytes. A longer line is cut one byte later, and refused."""


OTHER_TEXT = "other text"
"""The reason for noise that is neither a request nor any known kind of noise.

In a log with entries, such lines are from other programs. In a log without entries, they count as not
understood.
"""


ERROR_LOG = "error log"
"""The reason for noise that is a line from a server's error log."""


LOGGED_REQUEST = "request in a log record"
"""The reason for noise that is a record of an app's own logger and looks like a request."""

UNREAD_NOISE = frozenset((OTHER_TEXT, ERROR_LOG, LOGGED_REQUEST))
"""The kinds of noise that count as lines not understood, if the log has no entries."""


class UnreadKind(Enum):
    """The two kinds of lines that are not entries."""

    REFUSED = "refused"
    NOISE = "noise"


@frozen
class LogEntry:
    """One request as a server logged it.

    `minute` is the epoch minute of its time. `method` and `target` are `None` if the request line could not
    be parsed. `target` is as the client sent it, with the escapes of the server undone (RFC 9112, section
    3.2); bytes that are not UTF-8 are lone surrogates. `duration` is in microseconds, and `host` is the
    virtual host. Both are `None` if the line does not have them. Entries that differ only in these two are
    equal.
    """

    minute: int
    method: str | None
    target: str | None
    status: int
    duration: int | None = field(default=None, compare=False)
    host: str | None = field(default=None, compare=False)


@frozen
class Refused:
    """A refused line: its number among the lines read (from 1), the reason, and the beginning of the line."""

    line_number: int
    reason: str
    sample: str


class Origin(Enum):
    """The origin of the rule of a route."""

    DISCOVERED = "discovered"
    CONFIGURED = "configured"
    APP = "app"
    FAILING = "failing"
    """A path that never answered, and fails by itself. Reports show it as a route, which is not stored."""


class GroupBy(Enum):
    """How a report groups its routes."""

    NONE = "none"
    BLUEPRINT = "blueprint"
    PREFIX = "prefix"


RouteKey: TypeAlias = tuple[str, str]
"""The label and the rule of a route. They identify it outside of a database."""


@frozen
class Route:
    """A route: a rule in Flask's syntax, and a label (empty unless several apps share a database).

    - `name`, `doc`: the name and the description given by hand, else those that were declared.
    - `endpoint`, `group`, `methods`: known for declared rules only. The group is a blueprint, or is set in
      the configuration.
    - `retired`: the rule was declared earlier, and is no longer.
    - `crowd`: the route collects the pages of a crowd, and is not declared.
    - `part_of`: the rule of its crowd, for a page that has a row of its own. Such a page is not stored as a
      route.
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
