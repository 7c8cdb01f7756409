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


@dataclass(frozen=True, slots=True)
class Declaration:
    """What declaring rules has done: `added`, `changed` and `left` are rules, of `rules` in all.

    `moved` are the requests of discovered routes that now belong to declared ones; `unclear` and `foreign`
    those that stay, by rule: they may belong to several, or to none. `unknown` are those of no known path.
    """

    rules: int
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    moved: int = 0
    unclear: Mapping[str, int] = field(default_factory=dict)
    foreign: Mapping[str, int] = field(default_factory=dict)
    unknown: int = 0

    @property
    def same(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.added or self.changed or self.left or self.moved)
