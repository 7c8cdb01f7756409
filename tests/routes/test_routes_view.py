"""Routes that a report shows in one row because there are too many. Crowds do the folding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import OTHER, UNMATCHED, Origin, Route
from flask_status_cli.routes import fold, folded_rules


def slugs(pattern: str, count: int) -> list[str]:
    """Return as many rules, `*` being another slug in each."""
    return [pattern.replace("*", f"p-{number}-x") for number in range(count)]


def words(pattern: str, count: int) -> list[str]:
    """Return as many rules, `*` being another plain word in each."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [pattern.replace("*", f"w{letters[n // 26]}{letters[n % 26]}") for n in range(count)]


def shown(
    rules: Iterable[str], fixed: Sequence[Route] = (), pinned: Collection[str] = ()
) -> set[str]:
    """Return the rules under which routes of one label are shown, beside fixed ones."""
    routes = [*(Route("", rule) for rule in rules), *fixed]
    return set(folded_rules(routes, pinned=[("", rule) for rule in pinned]).values())


TABLE: list[tuple[str, list[str], list[Route], set[str]]] = [
    ("ten slugs are shown", slugs("/shop/*", 10), [], set(slugs("/shop/*", 10))),
    ("eleven slugs are one", slugs("/shop/*", 11), [], {"/shop/<slug>"}),
    ("eleven slugs under the root too", slugs("/*", 11), [], {"/<slug>"}),
    ("twenty words are shown", words("/shop/*", 20), [], set(words("/shop/*", 20))),
    ("twenty-one words are one", words("/shop/*", 21), [], {"/shop/<str>"}),
    ("under the root 200 words are shown", words("/*", 200), [], set(words("/*", 200))),
    ("under the root 201 words are one", words("/*", 201), [], {"/<str>"}),
    (
        "slugs and words are counted apart",
        [*slugs("/shop/*", 11), *words("/shop/*", 20)],
        [],
        {"/shop/<slug>", *words("/shop/*", 20)},
    ),
    (
        "a crowd that is stored stays",
        [*words("/shop/*", 21), "/shop/<slug>", "/shop/<slug>/<slug2>"],
        [],
        {"/shop/<str>", "/shop/<slug>", "/shop/<slug>/<slug2>"},
    ),
    (
        "a segment before a crowd that is stored makes its variable the second",
        [f"{rule}/<slug>" for rule in slugs("/shop/*", 11)],
        [],
        {"/shop/<slug>/<slug2>"},
    ),
    (
        "what is declared, named or described keeps its row, and what leads to it",
        slugs("/shop/*", 13),
        [
            Route("", "/shop/p-1-x", name="The first"),
            Route("", "/shop/p-2-x/more", doc="More of the second."),
            Route("", "/shop/q-1-x", origin=Origin.CONFIGURED),
            Route("", "/shop/<name>/edit", origin=Origin.APP),
        ],
        {"/shop/<slug>"}
        | {"/shop/p-1-x", "/shop/p-2-x", "/shop/p-2-x/more", "/shop/q-1-x", "/shop/<name>/edit"},
    ),
    (
        "pseudo-routes are themselves",
        [*slugs("/*", 11), UNMATCHED, OTHER],
        [],
        {"/<slug>", UNMATCHED, OTHER},
    ),
]


@pytest.mark.parametrize(
    ("fact", "rules", "fixed", "expected"), TABLE, ids=[row[0] for row in TABLE]
)
def test_rows_of_a_report(
    fact: str, rules: list[str], fixed: list[Route], expected: set[str]
) -> None:
    names = {route.rule for route in fixed}
    assert shown((rule for rule in rules if rule not in names), fixed) == expected, fact


def test_what_is_pinned_keeps_its_row() -> None:
    assert shown(slugs("/shop/*", 12), pinned=["/shop/p-3-x"]) == {"/shop/<slug>", "/shop/p-3-x"}


def test_what_the_configuration_keeps_has_its_row() -> None:
    routes = [Route("", rule) for rule in slugs("/shop/*", 12)]
    assert set(folded_rules(routes, keep=["/shop/p-3-*"]).values()) == {
        "/shop/<slug>",
        "/shop/p-3-x",
    }


def test_no_route_is_folded_up_to_the_number_of_rows() -> None:
    routes = [Route("one", rule) for rule in slugs("/shop/*", 30)]
    routes += [Route("two", rule) for rule in slugs("/shop/*", 31)]
    found = folded_rules(routes, more_than=30)
    assert {rule for (label, _), rule in found.items() if label == "one"} == set(
        slugs("/shop/*", 30)
    )
    assert {rule for (label, _), rule in found.items() if label == "two"} == {"/shop/<slug>"}


SEGMENTS = st.sampled_from([*words("*", 24), *slugs("*", 12), "7", "2026-11-23", "a@b", ""])
ROUTES = st.builds(
    Route,
    label=st.sampled_from(["", "", "admin"]),
    rule=st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda parts: fold("/" + "/".join(parts))),
    name=st.sampled_from([""] * 60 + ["Named"]),
)
CROWDS = st.lists(
    ROUTES, min_size=20, max_size=120, unique_by=lambda route: (route.label, route.rule)
)


@given(CROWDS, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_rows_and_named_ones_keep_theirs(
    routes: list[Route], random: Random
) -> None:
    found = folded_rules(routes)
    assert found.keys() == {(route.label, route.rule) for route in routes}
    for route in routes:
        if route.name:
            assert found[route.label, route.rule] == route.rule
    random.shuffle(routes)
    assert folded_rules(routes) == found


@given(CROWDS)
def test_every_row_is_a_valid_werkzeug_rule(routes: list[Route]) -> None:
    routing = pytest.importorskip("werkzeug.routing")
    routing.Map([routing.Rule(rule, endpoint=rule) for rule in set(folded_rules(routes).values())])
