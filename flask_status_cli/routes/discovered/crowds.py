"""Crowds: if a parent has many different segments below it, they become one variable segment.

More than 20 different slug-like segments below a parent become `<slug>`, and more than 500 others become
`<str>`. Directly under `/`, only slug-like segments do. The crowds depend only on the set of rules that were
added, not on their order. To *fold* a segment means to replace it by its variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from math import inf
from typing import Final, TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern

SLUG_LIMIT: Final = 20
"""At most this many slug-like segments of one parent keep their names."""

WORD_LIMIT: Final = 500
"""At most this many other segments of one parent keep their names. Under `/` all do."""

LONGEST_WORD: Final = 20
"""A longer segment is always slug-like."""


@frozen
class CrowdLimits:
    """How many segments of a parent keep their names: slug-like ones, other words, and words under `/`."""

    slugs: int
    words: int
    root: float


SLUG: Final = "slug"
STR: Final = "str"

Crowd: TypeAlias = tuple[str, str]
"""The rule of the parent, and the kind of segments that are folded: `("/blog", "slug")`."""

_WORD = LazyPattern(r"[A-Za-z][A-Za-z_]*(?:[-.][A-Za-z_]+)?")
_NUMBERED = LazyPattern(r"<(slug|str)[0-9]*>")
_Pins: TypeAlias = dict[str, "_Pins"]


def slug_like(segment: str) -> bool:
    """Return whether a segment looks like the name of one of many pages, and not like a plain word."""
    return len(segment) > LONGEST_WORD or _WORD.fullmatch(segment) is None


def holds_crowd(rule: str) -> bool:
    """Return whether a rule has a folded segment."""
    return _NUMBERED.search(rule) is not None


def is_part(rule: str, crowd: str) -> bool:
    """Return whether a rule has the form of a page of a crowd, as `/blog/my-post` of `/blog/<slug>`."""
    segments, wanted = rule.split("/"), crowd.split("/")
    return len(segments) == len(wanted) and all(map(_fits, segments, wanted))


def _fits(segment: str, wanted: str) -> bool:
    """Return whether a segment is equal to the segment of a crowd, or of the kind that it stands for."""
    kind = _NUMBERED.fullmatch(wanted)
    if segment == wanted or kind is None or segment.startswith("<"):
        return segment == wanted
    return slug_like(segment) == (kind[1] == SLUG)


class _Node:
    """One parent in the tree of rules.

    - `children`: the nodes below it, by segment.
    - `kinds`: the kinds of segments that are folded.
    - `counts`: how many segments of each kind are below it.
    - `pins`: the segments that are never folded, with those below them.
    - `route`: whether a rule ends here.
    """

    __slots__ = ("children", "counts", "kinds", "limits", "pins", "route")

    def __init__(self, pins: _Pins | None, limits: Mapping[str, float]) -> None:
        self.children: dict[str, _Node] = {}
        self.kinds: set[str] = set()
        self.counts = {SLUG: 0, STR: 0}
        self.limits = limits
        self.pins = pins
        self.route = False

    def kind(self, segment: str) -> str | None:
        """Return the kind of a segment, `None` if it is never folded."""
        if not segment or "<" in segment or (self.pins and segment in self.pins):
            return None
        return SLUG if slug_like(segment) else STR

    def folded(self, segment: str) -> str:
        if not self.kinds:
            return segment
        kind = self.kind(segment)
        return f"<{kind}>" if kind in self.kinds else segment


class Crowds:
    """The crowds of one label, and the rules that they are made from.

    - `known`: earlier crowds, which are kept.
    - `pins`: rules whose segments are never folded.
    - `keep`: globs. Rules that match one of them are not folded and not counted.
    - `limits`: by default those of stored routes.
    - `routes`: the present number of different rules after folding.
    """

    def __init__(
        self,
        known: Iterable[Crowd] = (),
        *,
        pins: Iterable[str] = (),
        keep: Iterable[str] = (),
        limits: CrowdLimits | None = None,
    ) -> None:
        keep = list(keep)
        limits = limits or CrowdLimits(SLUG_LIMIT, WORD_LIMIT, inf)
        self._keep = re.compile("|".join(map(translate, keep))) if keep else None
        self._inner = {SLUG: limits.slugs, STR: limits.words}
        self._root = _Node(_pinned(pins), {SLUG: limits.slugs, STR: limits.root})
        self._any = False
        self.routes = 0
        for parent, kind in sorted(known, key=lambda crowd: (crowd[0].count("/"), crowd)):
            self._any = True
            self._at(() if parent == "/" else _segments(parent)).kinds.add(kind)

    def add(self, rule: str) -> None:
        """Add a rule. Crowds may form."""
        if self.kept(rule):
            return
        grown: _Node | None = None
        node = self._root
        for segment in _segments(rule):
            name = node.folded(segment)
            below = node.children.get(name)
            if below is None:
                below = self._new(node, name)
                grown = grown or node
            node = below
        self.routes += not node.route
        node.route = True
        if grown is not None:
            self._fold_surplus(grown)

    def fold(self, rule: str) -> str:
        """Return the rule of the crowd that a rule is part of; the rule itself if it is part of none."""
        if not self._any or self.kept(rule):
            return rule
        segments, node = _segments(rule), self._root
        same = "<s" not in rule
        for place, segment in enumerate(segments):
            name = segment
            if node.kinds:
                name = segments[place] = node.folded(segment)
                same = same and name == segment
            below = node.children.get(name)
            if below is None:  # no rule was added below this segment
                break
            node = below
        return rule if same else _text(segments)

    @property
    def formed(self) -> bool:
        """Whether there is any crowd, so that `fold` may change a rule."""
        return self._any

    def kept(self, rule: str) -> bool:
        """Return whether a rule is never folded, because it matches `keep` or is not a path."""
        return rule[:1] != "/" or (self._keep is not None and self._keep.match(rule) is not None)

    def crowds(self) -> frozenset[Crowd]:
        """Return all crowds."""
        return frozenset(_crowds(self._root, []))

    def _at(self, segments: Iterable[str]) -> _Node:
        node = self._root
        for segment in segments:
            name = node.folded(segment)
            node = node.children.get(name) or self._new(node, name)
        return node

    def _new(self, parent: _Node, segment: str) -> _Node:
        pins = parent.pins.get(segment) if parent.pins else None
        made = parent.children[segment] = _Node(pins, self._inner)
        kind = parent.kind(segment)
        if kind is not None:
            parent.counts[kind] += 1
        return made

    def _fold_surplus(self, node: _Node) -> None:
        """Fold the segments below a node of each kind that has too many."""
        for kind, limit in node.limits.items():
            if node.counts[kind] > limit:
                self._fold(node, kind)

    def _fold(self, node: _Node, kind: str) -> None:
        """Fold all segments of a kind below a node, now and later."""
        self._any = True
        node.kinds.add(kind)
        node.counts[kind] = 0
        members = [segment for segment in node.children if node.kind(segment) == kind]
        variable = f"<{kind}>"
        into = node.children.get(variable) or self._new(node, variable)
        for segment in members:
            self._merge(into, node.children.pop(segment))

    def _merge(self, into: _Node, other: _Node) -> None:
        """Move all nodes below `other` to `into`, together with the crowds of `other`."""
        self.routes -= into.route and other.route
        into.route = into.route or other.route
        for kind in sorted(other.kinds - into.kinds):
            self._fold(into, kind)
        for segment, below in other.children.items():
            name = into.folded(segment)
            mine = into.children.get(name)
            if mine is not None:
                self._merge(mine, below)
            elif name != segment:
                self._merge(self._new(into, name), below)
            else:
                into.children[name] = below
                literal = into.kind(name)
                if literal is not None:
                    into.counts[literal] += 1
        self._fold_surplus(into)


def _segments(rule: str) -> list[str]:
    """Return the segments of a rule. Variables of crowds lose their numbers: `<slug2>` becomes `<slug>`."""
    if "<s" in rule:
        rule = _NUMBERED.sub(r"<\1>", rule)
    return rule[1:].split("/")


def _text(names: Sequence[str]) -> str:
    """Return the rule with these segments. A repeated variable gets a number, because werkzeug needs it."""
    if names.count("<slug>") < 2 and names.count("<str>") < 2:
        return "/" + "/".join(names)
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        if name in {"<slug>", "<str>"}:
            seen[name] = number = seen.get(name, 0) + 1
            numbered.append(name if number == 1 else f"{name[:-1]}{number}>")
        else:
            numbered.append(name)
    return "/" + "/".join(numbered)


def _pinned(rules: Iterable[str]) -> _Pins:
    """Return the tree of the segments of these rules, each up to its first folded segment."""
    pins: _Pins = {}
    for rule in rules:
        here = pins
        for segment in rule[1:].split("/") if rule[:1] == "/" else ():
            if _NUMBERED.fullmatch(segment):
                break
            here = here.setdefault(segment, {})
    return pins


def _crowds(node: _Node, names: list[str]) -> Iterator[Crowd]:
    for kind in node.kinds:
        yield _text(names), kind
    for name, below in node.children.items():
        yield from _crowds(below, [*names, name])
