"""The rules that somebody declares: an app's URL map, or what the configuration says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class RuleSource(Enum):
    """Who declared a URL map; of rules that are in several, the first one names the route."""

    HAND = "hand"
    FILE = "file"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Converter:
    """What a variable matches whose converter is the app's own, as it was made for its rule.

    `part_isolating`: it matches no slash. Of a `number` (`int` or `float`) the bounds and the fixed number of
    digits are part of the match.
    """

    variable: str
    regex: str
    weight: int = 100
    part_isolating: bool = True
    number: str = ""
    minimum: float | None = None
    maximum: float | None = None
    fixed_digits: int = 0


@dataclass(frozen=True, slots=True)
class UrlRule:
    """A declared rule in Flask's syntax; without `methods` it takes all of them.

    `domain` is the host or subdomain it is bound to, in the same syntax; `name` and `doc` are for people;
    `group` is a blueprint, or what the configuration says.
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


@dataclass(frozen=True, slots=True)
class UrlMap:
    """The rules of one source, in the order in which they were added.

    `complete`: there are no others, since an app knows all its rules; `prefixes` are the paths below which
    the app is mounted.
    """

    rules: tuple[UrlRule, ...]
    complete: bool = False
    merge_slashes: bool = True
    prefixes: tuple[str, ...] = ()


class Mark(Enum):
    """What somebody gave a route by hand."""

    NAME = "name"
    DESCRIPTION = "description"
    HIDDEN = "hidden mark"


@dataclass(frozen=True, slots=True)
class DroppedMark:
    """A mark of `rule` that was dropped, since the requests of others moved to `to` as well."""

    rule: str
    mark: Mark
    to: str


@dataclass(frozen=True, slots=True)
class MovedRequests:
    """Requests of the discovered route `rule` that now belong to the declared rule `to`.

    `rule` is `<unmatched>` for those of paths that never answered.
    """

    rule: str
    to: str
    requests: int


@dataclass(frozen=True, slots=True)
class AnsweredRule:
    """A rule, whether somebody declared it, and its requests that were no client error."""

    rule: str
    declared: bool
    requests: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what a label answered lately finds a rule of a map: `found` of `requests`.

    `prefix` is a path below which the app seems to be mounted: with it taken off, at least half of the
    requests find a rule.
    """

    requests: int
    found: int
    prefix: str = ""

    @property
    def poor(self) -> bool:
        """Whether less than half of the requests find a rule, of as many as tell anything."""
        return self.requests >= LEAST_REQUESTS and self.found * 2 < self.requests


LEAST_REQUESTS = 3
"""Fewer requests than this do not tell whether a map is the right one."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What declaring rules has done.

    - `rules`: how many are declared in all; `added`, `changed` and `left` name those that differ.
    - `moves`: requests of discovered routes that now belong to declared rules, most first.
    - `unclear`: requests that stay, by discovered rule, since they may belong to several declared ones.
    - `foreign`: requests that stay, by discovered rule, since no rule is declared for them.
    - `unknown`: requests in `<unmatched>` and `<other>`, whose paths are not kept.
    - `dropped`: marks by hand that no rule could take over.
    - `undone`: whether nothing of this was stored, because it was a dry run.
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
        """All requests that moved."""
        return sum(move.requests for move in self.moves)

    @property
    def same(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.added or self.changed or self.left or self.moved)
