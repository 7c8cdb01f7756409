"""Makes labels of virtual hosts, and finds the declared rules of a host.

Clients choose the host of a request, so only names that DNS allows become labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import lru_cache
from typing import Final

from flask_status_cli.model import UrlMap, UrlRule
from flask_status_cli.model.log.entries import OTHER_HOSTS

_PORT: Final = re.compile(r":\d{1,5}\Z", re.ASCII)
_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)(?=.*[a-z])[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
    r"(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_VARIABLE: Final = re.compile(r"<[^<>]*>")
_KEPT: Final = 1 << 12
_LONGEST_HOST: Final = 300
"""Longer hosts are no names. They are not remembered: clients could fill the memory with them."""


def name_of(host: str) -> str | None:
    """Return the name of a host in lower case, without port and trailing dot; `None` if it is no name.

    Addresses and nginx's `_` are no names.
    """
    text = _PORT.sub("", host.strip()).removesuffix(".").lower()
    return text if _NAME.fullmatch(text) else None


def labels_of(named: Collection[str] = ()) -> Callable[[str], str]:
    """Return a function that returns the label of a host: its name.

    The label is `<other>` if the host is no name. If hosts are `named`, it is `<other>` for all other hosts,
    too.
    """
    wanted = frozenset(named)

    @lru_cache(maxsize=_KEPT)
    def label_of(host: str) -> str:
        name = name_of(host)
        return name if name is not None and (not wanted or name in wanted) else OTHER_HOSTS

    return lambda host: label_of(host) if len(host) <= _LONGEST_HOST else OTHER_HOSTS


def maps_of_host(maps: Collection[UrlMap], host: str) -> tuple[UrlMap, ...]:
    """Return the maps with only the rules for one host: those bound to it, and those bound to no host.

    A rule may be bound to a host (`<tenant>.shop.example`) or to a subdomain (`api`).
    """
    return tuple(replace(one, rules=_rules_of_host(one.rules, host)) for one in maps)


def _rules_of_host(rules: tuple[UrlRule, ...], host: str) -> tuple[UrlRule, ...]:
    bound = [replace(rule, domain="") for rule in rules if rule.domain and _binds(rule, host)]
    taken = {(rule.rule, rule.methods) for rule in bound}
    free = (rule for rule in rules if not rule.domain)
    return (*bound, *(rule for rule in free if (rule.rule, rule.methods) not in taken))


def _binds(rule: UrlRule, host: str) -> bool:
    """Return whether the domain of a rule is this host, or the subdomain that this host begins with."""
    cut = 0
    pattern = ""
    domain = _PORT.sub("", rule.domain).lower()
    for variable in _VARIABLE.finditer(domain):
        pattern += re.escape(domain[cut : variable.start()]) + r"[^.]+"
        cut = variable.end()
    pattern += re.escape(domain[cut:])
    return (
        re.fullmatch(rf"(?:{pattern})(?:\..+)?" if "." not in domain else pattern, host) is not None
    )
