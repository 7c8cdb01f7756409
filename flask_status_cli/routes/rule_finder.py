"""Finds the rule of a request: a declared rule that matches, or else the rule made from the path."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model import UNMATCHED
from flask_status_cli.routes.discovered.variable_segments import alike, fold, fold_path, same_query

if TYPE_CHECKING:
    from flask_status_cli.model import UrlMap
    from flask_status_cli.routes.declared.url_matcher import UrlMatcher

KEPT: Final = 1 << 14
"""The rules of at most this many requests are remembered, because most formats look up every line."""

LONGEST_KEPT: Final = 1 << 10
"""The rules of longer targets are not remembered: clients could fill the memory with them."""


@frozen
class Finder:
    """The functions that find the rules of the requests of one label. `finder` makes it.

    - `rule_of`: returns the rule of a method and a target.
    - `alike`: returns a request with the same rule and status, to look up many requests at once. Both are the
      text of the log from the opening quote of the request line to the status.
    - `version`: the version of the declared rules in the database.
    - `complete`: whether all rules of the app are declared, so that no other rules exist.
    - `rule_of_path`: returns the rule of a plain path that no declared rule matches. It is `None` if one may
      match any path.
    - `declared`: the first segments of the paths that declared rules may match, with the empty one.
    - `discover`: whether other rules are made from paths. If not, they are all `UNMATCHED`.
    """

    rule_of: Callable[[str | None, str | None], str]
    alike: Callable[[bytes], bytes]
    version: int = 0
    complete: bool = False
    rule_of_path: Callable[[str], str] | None = None
    declared: frozenset[str] = frozenset()
    discover: bool = True


DISCOVERY: Final = Finder(lambda _method, target: fold(target), alike, rule_of_path=fold_path)
"""The finder without declared rules."""


@lru_cache(maxsize=8)
def finder(
    maps: tuple[UrlMap, ...], *, discover: bool = True, prefixes: tuple[str, ...] = ()
) -> Finder:
    """Return the finder for the URL maps of one label.

    If no declared rule matches, the rule is made from the path. If a map is complete, or `discover` is false,
    it is `UNMATCHED` instead. `prefixes` replace the prefixes of the maps. Raises `RuleError` if werkzeug
    does not accept a rule.
    """
    complete = any(one.complete for one in maps)
    discover = discover and not complete
    if not maps:
        return DISCOVERY if discover else Finder(lambda _method, _target: UNMATCHED, alike)
    from flask_status_cli.routes.declared.first_segments import first_segments
    from flask_status_cli.routes.declared.url_matcher import UrlMatcher
    from flask_status_cli.routes.discovered.number_segments import numbers_are_alike

    matcher = UrlMatcher(maps, prefixes)
    known: dict[tuple[str | None, str | None], str] = {}

    def rule_of(method: str | None, target: str | None) -> str:
        if target is not None and len(target) > LONGEST_KEPT:
            return _found(matcher, method, target, discover=discover)
        rule = known.get((method, target))
        if rule is None:
            if len(known) >= KEPT:
                known.clear()
            rule = known[method, target] = _found(matcher, method, target, discover=discover)
        return rule

    alike_of = alike if numbers_are_alike(maps, prefixes) else same_query
    declared = first_segments(maps, prefixes)
    return Finder(
        rule_of,
        alike_of,
        complete=complete,
        rule_of_path=None if declared is None else fold_path if discover else _unmatched,
        declared=declared or frozenset(),
        discover=discover,
    )


def _unmatched(_path: str) -> str:
    return UNMATCHED


def _found(matcher: UrlMatcher, method: str | None, target: str | None, *, discover: bool) -> str:
    if method is None or target is None:
        return UNMATCHED
    rule = matcher.match(method, target)
    if rule is not None:
        return rule
    return fold(target) if discover else UNMATCHED
