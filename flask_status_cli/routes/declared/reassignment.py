"""Finds the declared rule of requests that were counted under a discovered rule.

The original paths are not known any more. So the discovered rule is tried with sample values: usual values of
each kind of variable, and words from the declared rules; each with every method. Only if all samples match
the same declared rule, it is the rule of all requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final
from urllib.parse import quote

from flask_status_cli.model import UNMATCHED, UrlMap
from flask_status_cli.routes.declared.url_matcher import UrlMatcher
from flask_status_cli.routes.discovered.crowds import slug_like
from flask_status_cli.routes.discovered.variable_segments import STATIC_EXTENSIONS, fold

_DIGITS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "17", "404", "2026", "123456")
SAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "<int:id>": (*_DIGITS, "007", "1" * 10, "9" * 20),
    "<uuid:id>": ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "00000000-0000-0000-0000-00000000000A"),
    "<date>": ("2026-11-23", "1999-01-01", "0000-99-99"),
    "<hex>": ("0123456789abcdef", "d41d8cd98f00b204e9800998ecf8427e", "1" * 21, "A" * 39 + "0"),
    "<email>": ("a@b", "user@example.org", "@", "first.last+tag@mail.example.org"),
    "<token>": ("abcdefghijABCDEFGHI1", "eyJx.y.z", "eyJhbGciOiJI.eyJzdWIi.", "Aa1_-" * 9),
    "<slug>": (
        "my-first-post",
        "post-1",
        "x1",
        ".env",
        "2026-report",
        "a.b.c",
        "page-2.html",
        "-",
        "é",
        "a-rather-long-title-of-a-page",
    ),
    "<str>": ("a", "A", "ab", "about", "my-cart", "index.html", "a_b", "twentyletterswordabc"),
    "<path:file>": tuple(f"{name}.{end}" for end in sorted(STATIC_EXTENSIONS) for name in "xX"),
}
"""Sample values for each variable of discovered rules, including the shortest and the longest usual ones."""

_DEEP = ("css/site.css", "a/b/c/d.js", "img/17/logo.png", "img/../x.svg", "v1.2/App.JS")
_VARIABLE = re.compile(
    r"(<(?:int:|uuid:|path:)?(?:id|date|hex|email|token|file|slug|str))[0-9]*(>)"
)
_WORD = re.compile(r"[^/<>(),'\"|\\]+")
_NUMBER = re.compile(r"[0-9]+")
_ESCAPED = re.compile(r"%25(0[0-9A-F]|1[0-9A-F]|2F|3C|3E|7F|[89A-F][0-9A-F])")

MOST: Final = 200
"""About this many paths are tried for a rule with several variables."""


class RuleReassignment:
    """Finds the declared rules of discovered rules. `maps` are the URL maps of the label."""

    def __init__(self, maps: Sequence[UrlMap]) -> None:
        self._matcher = UrlMatcher(maps)
        rules = [rule for one in maps for rule in one.rules]
        named = {method for rule in rules for method in rule.methods or ()}
        self._methods = sorted(named | {"GET", "HEAD", "OPTIONS", "POST"})
        texts = [rule.rule for rule in rules]
        texts += [converter.regex for rule in rules for converter in rule.converters]
        self._words = sorted({word for text in texts for word in _WORD.findall(text)})
        self._numbers = sorted({n for text in texts for n in _near(_NUMBER.findall(text))})
        self._tails = sorted({text.split("/", 2)[2] for text in texts if text.count("/") > 1})

    def place(self, rule: str, *, hasty: bool = False) -> str | None:
        """Return the declared rule of all requests of a discovered rule.

        It is `UNMATCHED` if no declared rule matches, and `None` if several may match. With `hasty`, it is
        `UNMATCHED` as soon as one sample does not match.
        """
        found: set[str] = set()
        for target in self._targets(rule):
            for method in self._methods:
                found.add(self._matcher.match(method, target) or UNMATCHED)
                if hasty and UNMATCHED in found:
                    return UNMATCHED
                if len(found) > 1:
                    return None
        return found.pop() if found else UNMATCHED

    def _targets(self, rule: str) -> Iterator[str]:
        """Yield targets whose discovered rule is `rule`."""
        pieces = _VARIABLE.split(rule)
        texts, kinds = pieces[::3], [a + b for a, b in zip(pieces[1::3], pieces[2::3], strict=True)]
        values = [self._values(kind) for kind in kinds]
        for chosen in _combined(values):
            path = texts[0] + "".join(
                value + text for value, text in zip(chosen, texts[1:], strict=True)
            )
            target = quote(path, safe="/")
            yield target
            if "%25" in target:  # both `%2F` and `%252F` in a log become `%2F` in a rule
                yield _ESCAPED.sub(r"%\1", target)

    def _values(self, kind: str) -> tuple[str, ...]:
        words = self._words + self._numbers if kind != "<path:file>" else [*_DEEP, *self._tails]
        return (*SAMPLES[kind], *(word for word in words if _folds_to(word, kind)))


def _folds_to(word: str, kind: str) -> bool:
    if word in SAMPLES[kind]:
        return False
    folded = fold(f"/x/{word}").removeprefix("/x/")
    if kind in {"<slug>", "<str>"}:
        return folded == word and slug_like(word) == (kind == "<slug>")
    return folded == kind


def _combined(values: Sequence[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """Return all combinations of values if there are few, otherwise some that have each value once."""
    number = 1
    for each in values:
        number *= len(each)
    if number <= MOST:
        return product(*values)
    longest = max(map(len, values))
    return (
        tuple(each[(turn + shift * place) % len(each)] for place, each in enumerate(values))
        for shift in range(max(1, MOST // longest))
        for turn in range(longest)
    )


def _near(numbers: Iterable[str]) -> Iterator[str]:
    """Yield the numbers just below and above those of a rule, because a rule may limit values or digits."""
    for text in numbers:
        number = int(text[:20])
        yield text
        yield from (str(number + 1), str(max(number - 1, 0)))
        if 0 < number <= 20:
            yield from ("1" * number, "1" * (number + 1), "1" * max(number - 1, 1))
