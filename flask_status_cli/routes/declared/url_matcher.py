"""Finds the declared rule of a request with werkzeug's own URL map.

If the app redirects a request because of its slashes, the request belongs to the rule that it is redirected
to. If no rule of the path accepts the method (405), the request belongs to the rule of the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from flask_status_cli.model import UrlMap, UrlRule
from flask_status_cli.routes.declared.werkzeug_rule import make_rule

if TYPE_CHECKING:
    from werkzeug.routing import Map, MapAdapter

MAX_TARGET: Final = 1 << 16
"""A longer target has no path. No server passes it to an app."""

REDIRECTS: Final = 3
"""A path is matched at most this many times, because werkzeug may redirect it twice: for double slashes, and
for a missing slash at the end."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_END = re.compile(r"[?#]")


def app_path(target: str) -> str | None:
    """Return the decoded path that a WSGI server passes to the app, `None` if the target has no path.

    Every `%XX` is decoded, including `%2F`. Bytes that are not UTF-8 become U+FFFD, as in werkzeug.
    Parameters after a `;` belong to the path.
    """
    if len(target) > MAX_TARGET:
        return None
    if not target.startswith("/"):
        authority = _ABSOLUTE.match(target)
        if authority is None:
            return None
        target = target[authority.end() :]
        if not target.startswith("/"):
            target = "/" + target
    raw = _END.split(target, maxsplit=1)[0]
    if raw.isascii() and "%" not in raw:
        return raw
    return unquote(raw.encode("utf-8", "surrogateescape"))


class UrlMatcher:
    """Finds the declared rules of requests.

    `maps` are the URL maps of one label. `prefixes` replace the prefixes of the maps. Raises `RuleError` if
    werkzeug does not accept a rule.
    """

    def __init__(self, maps: Sequence[UrlMap], prefixes: Sequence[str] = ()) -> None:
        named = tuple(prefixes) or tuple(p for one in maps for p in one.prefixes)
        self._prefixes = sorted((p.rstrip("/") for p in named), key=len, reverse=True)
        self._adapters = [_bound(rules, merge_slashes=merge) for rules, merge in _by_domain(maps)]

    def match(self, method: str, target: str) -> str | None:
        """Return the rule of a request, `None` if no declared rule matches."""
        path = app_path(target)
        path = None if path is None else self._below_prefix(path)
        if path is None:
            return None
        # The log does not have the host. So the first domain that has the path and the method is taken.
        refused: str | None = None
        for adapter in self._adapters:
            rule, taken = _match(adapter, method, path)
            if rule is not None and taken:
                return rule
            refused = refused or rule
        return refused

    def _below_prefix(self, path: str) -> str | None:
        """Return the path without its prefix, `None` if it has none of the prefixes."""
        if not self._prefixes:
            return path
        for prefix in self._prefixes:
            if path == prefix or path.startswith(prefix + "/"):
                return path[len(prefix) :]
        return None


def _match(adapter: MapAdapter, method: str, path: str) -> tuple[str | None, bool]:
    """Return the rule of a path, `None` if no rule matches, and whether the rule accepts the method."""
    from werkzeug.exceptions import HTTPException, MethodNotAllowed
    from werkzeug.routing import RequestRedirect
    from werkzeug.routing.exceptions import WebsocketMismatch

    websocket = False
    for _ in range(REDIRECTS):
        try:
            found, _values = adapter.match(path, method, return_rule=True, websocket=websocket)
        except RequestRedirect as redirect:
            path = unquote(urlsplit(redirect.new_url).path)
        except WebsocketMismatch:
            websocket = True
        except MethodNotAllowed as error:
            others = sorted(error.valid_methods or (), key=lambda name: (name != "GET", name))
            return (_match(adapter, others[0], path)[0] if others else None), False
        except (HTTPException, ValueError):  # int() of more digits than Python takes
            return None, False
        else:
            return found.rule, True
    return None, False


def _by_domain(maps: Iterable[UrlMap]) -> Iterator[tuple[list[UrlRule], bool]]:
    """Yield the rules of each domain, and whether they merge slashes. Rules without a domain come first."""
    merge = all(one.merge_slashes for one in maps)
    rules = [rule for one in maps for rule in one.rules]
    domains = dict.fromkeys(["", *(rule.domain for rule in rules)])
    for domain in domains:
        mine = [rule for rule in rules if rule.domain == domain]
        if mine:
            yield mine, merge


def _bound(rules: Iterable[UrlRule], *, merge_slashes: bool) -> MapAdapter:
    from werkzeug.routing import Map

    made: Map = Map(merge_slashes=merge_slashes, redirect_defaults=False)
    for rule in rules:
        made.add(make_rule(rule))
    return made.bind("localhost")
