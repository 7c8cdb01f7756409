"""Declared rules: the URL map of an app, or the rules of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from flask_status_cli.frozen import frozen


@frozen
class Converter:
    """A converter that an app defines itself, as used for one variable of one rule.

    - `regex`, `weight`, `part_isolating`: the attributes of werkzeug's converter. With `part_isolating`, the
      variable contains no slash.
    - `number`: `int` or `float` if it reads numbers. `minimum`, `maximum` and `fixed_digits` then limit them.
    """

    variable: str
    regex: str
    weight: int = 100
    part_isolating: bool = True
    number: str = ""
    minimum: float | None = None
    maximum: float | None = None
    fixed_digits: int = 0


@frozen
class UrlRule:
    """A declared rule in Flask's syntax.

    - `methods`: empty if the rule takes all methods.
    - `name`, `doc`: a name and a description for people.
    - `group`: a blueprint, or the group that the configuration sets.
    - `domain`: the host or subdomain of the rule, in Flask's syntax, too.
    """

    rule: str
    endpoint: str = ""
    methods: tuple[str, ...] | None = None
    name: str = ""
    doc: str = ""
    group: str = ""
    hidden: bool = False
    domain: str = ""
    strict_slashes: bool = True
    merge_slashes: bool = True
    websocket: bool = False
    converters: tuple[Converter, ...] = ()


@frozen
class UrlMap:
    """The rules of one source, in the order in which they were added.

    `complete` says that there are no other rules, as in the map of an app. `prefixes` are the paths below
    which the app is mounted.
    """

    rules: tuple[UrlRule, ...]
    complete: bool = False
    merge_slashes: bool = True
    prefixes: tuple[str, ...] = ()


class RouteMark(Enum):
    """A mark that somebody set on a route by hand."""

    NAME = "name"
    DESCRIPTION = "description"
    HIDDEN = "hidden mark"


@frozen
class DroppedMark:
    """A mark that was removed with the route `rule`, when the requests of several routes moved to `to`."""

    rule: str
    mark: RouteMark
    to: str


@frozen
class MovedRequests:
    """Requests of the discovered route `rule` that now belong to the declared rule `to`.

    `rule` is `<unmatched>` for requests of paths that never answered.
    """

    rule: str
    to: str
    requests: int


@frozen
class AnsweredRule:
    """A rule, whether it is declared, and the number of its requests without a client error (4xx)."""

    rule: str
    declared: bool
    requests: int


@frozen
class Coverage:
    """How many of the recent requests of a label match a rule of a URL map: `found` of `requests`.

    `prefix` is a path below which the app seems to be mounted: if it is removed from the paths, at least half
    of the requests match a rule.
    """

    requests: int
    found: int
    prefix: str = ""

    @property
    def poor(self) -> bool:
        """Whether there are enough requests, and less than half of them match a rule."""
        return self.requests >= LEAST_REQUESTS and self.found * 2 < self.requests


LEAST_REQUESTS = 3
"""With fewer requests than this, a URL map is not judged."""


@frozen
class Declaration:
    """The result of declaring rules.

    - `rules`: the number of declared rules. `added`, `changed`: the new ones, and those that are different
      now. `left`: rules that are no longer declared.
    - `moves`: requests of discovered routes that now belong to declared rules, the most requests first.
    - `unclear`: by discovered rule, the requests that stay there because several declared rules may fit them.
    - `foreign`: by discovered rule, the requests that stay there because no declared rule fits them.
    - `unknown`: the requests in `<unmatched>` and `<other>`, whose paths are not stored.
    - `dropped`: marks set by hand that no declared rule could take over.
    - `undone`: whether nothing was stored, because this was a dry run.
    """

    rules: int
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    moves: tuple[MovedRequests, ...] = ()
    unclear: Mapping[str, int] = field(default_factory=dict)
    foreign: Mapping[str, int] = field(default_factory=dict)
    unknown: int = 0
    dropped: tuple[DroppedMark, ...] = ()
    undone: bool = False

    @property
    def moved(self) -> int:
        """The number of requests that moved."""
        return sum(move.requests for move in self.moves)

    @property
    def same(self) -> bool:
        """Whether nothing has changed."""
        return not (self.added or self.changed or self.left or self.moved)
