"""Computes how many requests of an app match a URL map. Almost none match the map of another app."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from flask_status_cli.model import UNMATCHED, UrlMap
from flask_status_cli.model.route.url_rules import AnsweredRule, Coverage
from flask_status_cli.routes.declared.reassignment import RuleReassignment

LOOKED_AT: Final = 200
"""At most this many rules are looked up, those with most requests. Each may take milliseconds."""

LIKELY_PREFIXES: Final = 3
"""At most this many beginnings of paths are tried as a forgotten prefix: those with most requests."""

LONGEST_PREFIX: Final = 2
"""Prefixes with more segments than this are not tried."""

_VARIABLE = re.compile(r"<[^<>]*>")


def only_static(url_map: UrlMap) -> bool:
    """Return whether an app has only the rules that Flask adds for static files."""
    return all(rule.endpoint.rpartition(".")[2] == "static" for rule in url_map.rules)


def coverage(maps: Sequence[UrlMap], answered: Sequence[AnsweredRule]) -> Coverage:
    """Return how many requests match a rule of the maps. If few do, also return a prefix with which many do.

    `answered` begins with the rule that has most requests. Only the first `LOOKED_AT` rules are looked up.
    """
    busiest = answered[:LOOKED_AT]
    requests = sum(each.requests for each in busiest)
    found = _found(maps, busiest)
    result = Coverage(requests, found)
    if not result.poor:
        return result
    for prefix in _prefixes(busiest):
        mounted = [replace(one, prefixes=(prefix,)) for one in maps]
        if not Coverage(requests, _found(mounted, busiest)).poor:
            return replace(result, prefix=prefix)
    return result


def _found(maps: Sequence[UrlMap], answered: Sequence[AnsweredRule]) -> int:
    """Return the number of requests that match a rule of the maps.

    A rule that was declared before matches a rule that differs from it only in its variables.
    """
    placing = RuleReassignment(maps)
    shapes = {_shape(rule.rule) for one in maps for rule in one.rules}
    return sum(
        each.requests
        for each in answered
        if (each.declared and _shape(each.rule) in shapes) or placing.place(each.rule) != UNMATCHED
    )


def _prefixes(answered: Sequence[AnsweredRule]) -> Iterator[str]:
    """Yield the beginnings of paths that most requests have; of equal ones the shorter one first."""
    requests: Counter[str] = Counter()
    for each in answered:
        segments = each.rule.split("/")[1:]
        for length in range(1, min(len(segments), LONGEST_PREFIX) + 1):
            head = segments[:length]
            if all(segment and "<" not in segment for segment in head):
                requests["/" + "/".join(head)] += each.requests
    for prefix, _ in requests.most_common(LIKELY_PREFIXES):
        yield prefix


def _shape(rule: str) -> str:
    return _VARIABLE.sub("<>", rule)
