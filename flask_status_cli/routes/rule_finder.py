"""How the requests of a log find their rules: declared ones first, then what the path tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask_status_cli.model import UNMATCHED, UrlMap
from flask_status_cli.routes.declared.url_matcher import UrlMatcher
from flask_status_cli.routes.discovered.number_segments import numbers_are_alike
from flask_status_cli.routes.discovered.variable_segments import alike, fold, same_query

KEPT: Final = 1 << 14
"""So many answers are remembered: of most formats every line is asked for."""


@dataclass(frozen=True, slots=True)
class Finder:
    """`rule_of(method, target)` is the rule of a request; `alike(key)` a request of the same rule.

    Such a key is what a server wrote from the opening quote of the request line to the status. `version` is
    the database's of the declared rules; `complete` says that these are all the rules of an app.
    """

    rule_of: Callable[[str | None, str | None], str]
    alike: Callable[[bytes], bytes]
    version: int = 0
    complete: bool = False


DISCOVERY: Final = Finder(lambda _method, target: fold(target), alike)
"""Nothing is declared."""


@lru_cache(maxsize=8)
def finder(
    maps: tuple[UrlMap, ...], *, discover: bool = True, prefixes: tuple[str, ...] = ()
) -> Finder:
    """Return the finder for these maps, all of one label.

    What no rule is declared for is discovered, unless the rules of a map are complete or `discover` is
    false: then it is `UNMATCHED`. `prefixes` are taken in place of the maps' own. Raises `RuleError`.
    """
    complete = any(one.complete for one in maps)
    discover = discover and not complete
    if not maps:
        return DISCOVERY if discover else Finder(lambda _method, _target: UNMATCHED, alike)
    matcher = UrlMatcher(maps, prefixes)
    known: dict[tuple[str | None, str | None], str] = {}

    def rule_of(method: str | None, target: str | None) -> str:
        rule = known.get((method, target))
        if rule is None:
            if len(known) >= KEPT:
                known.clear()
            rule = known[method, target] = _found(matcher, method, target, discover=discover)
        return rule

    alike_of = alike if numbers_are_alike(maps, prefixes) else same_query
    return Finder(rule_of, alike_of, complete=complete)


def _found(matcher: UrlMatcher, method: str | None, target: str | None, *, discover: bool) -> str:
    if method is None or target is None:
        return UNMATCHED
    rule = matcher.match(method, target)
    if rule is not None:
        return rule
    return fold(target) if discover else UNMATCHED
