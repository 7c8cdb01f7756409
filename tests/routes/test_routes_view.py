"""Which routes a report shows as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import OTHER, UNMATCHED, Origin, Route
from flask_status_cli.routes import ROOT_LIMIT, SEGMENT_LIMIT, fold, group


def numbered(pattern: str, count: int) -> list[str]:
    """Return as many rules, `*` being another word in each."""
    return [pattern.replace("*", f"p{number}x") for number in range(count)]


def shown(rules: Iterable[str], fixed: Sequence[Route] = ()) -> dict[str, str]:
    """Return rule to shown rule of discovered routes beside fixed ones, all of one label."""
    routes = [*(Route("", rule) for rule in rules), *fixed]
    return {rule: as_rule for (_, rule), as_rule in group(routes).items()}


DECLARED = Route("", "/shop/cart", origin=Origin.CONFIGURED)
FROM_APP = Route("", "/shop/<name>/edit", origin=Origin.APP)
NAMED = Route("", "/shop/p3x", name="The third")
NAMED_BELOW = Route("", "/shop/p3x/reviews", name="Reviews of the third")

# rules, fixed routes -> the set of rules shown
TABLE: list[tuple[str, list[str], list[Route], set[str]]] = [
    ("twenty are shown one by one", numbered("/shop/*", 20), [], set(numbered("/shop/*", 20))),
    ("twenty-one are one", numbered("/shop/*", 21), [], {"/shop/<str>"}),
    ("under the root two hundred are shown", numbered("/*", 200), [], set(numbered("/*", 200))),
    ("under the root two hundred and one are one", numbered("/*", 201), [], {"/<str>"}),
    ("a trailing slash stays a route of its own", numbered("/shop/*/", 21), [], {"/shop/<str>/"}),
    (
        "the parent itself, with and without a slash, is no child",
        [*numbered("/shop/*", 20), "/shop", "/shop/"],
        [],
        {*numbered("/shop/*", 20), "/shop", "/shop/"},
    ),
    (
        "variables are not counted and stay",
        [*numbered("/shop/*", 20), "/shop/<int:id>", "/shop/<date>/x", "/shop/<path:file>"],
        [],
        {*numbered("/shop/*", 20), "/shop/<int:id>", "/shop/<date>/x", "/shop/<path:file>"},
    ),
    (
        "variables stay beside a crowd",
        [*numbered("/shop/*", 21), "/shop/<int:id>"],
        [],
        {"/shop/<str>", "/shop/<int:id>"},
    ),
    (
        "the crowd is counted by segment, not by route",
        [f"{rule}/{page}" for rule in numbered("/shop/*", 20) for page in ("a", "b")],
        [],
        {f"{rule}/{page}" for rule in numbered("/shop/*", 20) for page in ("a", "b")},
    ),
    (
        "what is then equal is one, what differs below stays",
        [f"{rule}/{page}" for rule in numbered("/shop/*", 21) for page in ("a", "b")],
        [],
        {"/shop/<str>/a", "/shop/<str>/b"},
    ),
    (
        "the next level is judged on what is then equal",
        [f"/shop/p{number}x/q{number}y" for number in range(21)],
        [],
        {"/shop/<str>/<str2>"},
    ),
    (
        "a variable above does not change the count below",
        numbered("/users/<int:id>/*/x", 21),
        [],
        {"/users/<int:id>/<str>/x"},
    ),
    (
        "parents are judged each for itself",
        [*numbered("/a/*", 20), *numbered("/b/*", 20)],
        [],
        {
            *numbered("/a/*", 20),
            *numbered("/b/*", 20),
        },
    ),
    (
        "a declared route is not counted, and stays",
        numbered("/shop/*", 20),
        [DECLARED],
        {*numbered("/shop/*", 20), "/shop/cart"},
    ),
    (
        "a declared route stays beside a crowd",
        numbered("/shop/*", 21),
        [DECLARED],
        {"/shop/<str>", "/shop/cart"},
    ),
    (
        "a declared variable stays beside a crowd",
        numbered("/shop/*", 21),
        [FROM_APP],
        {"/shop/<str>", "/shop/<name>/edit"},
    ),
    (
        "a named route is not counted: of 21 these are 20",
        [rule for rule in numbered("/shop/*", 21) if rule != NAMED.rule],
        [NAMED],
        set(numbered("/shop/*", 21)),
    ),
    (
        "a segment that leads to a named route stays, with all below it",
        [*numbered("/shop/*", 22), "/shop/p3x/photos"],
        [NAMED_BELOW],
        {"/shop/<str>", "/shop/p3x", "/shop/p3x/photos", "/shop/p3x/reviews"},
    ),
    (
        "pseudo-routes are themselves",
        [*numbered("/*", 201), UNMATCHED, OTHER],
        [],
        {"/<str>", UNMATCHED, OTHER},
    ),
]


@pytest.mark.parametrize(
    ("fact", "rules", "fixed", "expected"), TABLE, ids=[row[0] for row in TABLE]
)
def test_the_view(fact: str, rules: list[str], fixed: list[Route], expected: set[str]) -> None:
    assert set(shown(rules, fixed).values()) == expected, fact


def test_no_routes_are_no_groups() -> None:
    assert group([]) == {}


def test_labels_are_apart() -> None:
    routes = [Route(label, rule) for label in ("one", "two") for rule in numbered("/shop/*", 20)]
    routes.append(Route("two", "/shop/more"))
    result = group(routes)
    assert {as_rule for (label, _), as_rule in result.items() if label == "one"} == set(
        numbered("/shop/*", 20)
    )
    assert {as_rule for (label, _), as_rule in result.items() if label == "two"} == {"/shop/<str>"}


WORDS = [f"w{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
SEGMENTS = st.sampled_from([*WORDS, "7", "2026-11-23", "a@b", ""])
TARGETS = st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
ROUTES = st.builds(
    Route,
    label=st.sampled_from(["", "", "admin"]),
    rule=TARGETS.map(fold),
    name=st.sampled_from([""] * 60 + ["Named"]),
)
CROWDS = st.lists(
    ROUTES, min_size=20, max_size=120, unique_by=lambda route: (route.label, route.rule)
)


@given(CROWDS, st.randoms(use_true_random=False))
def test_order_does_not_matter(routes: list[Route], random: Random) -> None:
    shuffled = list(routes)
    random.shuffle(shuffled)
    assert group(shuffled) == group(routes)


@given(CROWDS)
def test_declared_and_named_routes_are_shown_as_they_are(routes: list[Route]) -> None:
    result = group(routes)
    assert result.keys() == {(route.label, route.rule) for route in routes}
    for route in routes:
        if route.name:
            assert result[route.label, route.rule] == route.rule


@given(CROWDS)
def test_a_shown_rule_has_the_shape_of_its_route(routes: list[Route]) -> None:
    for (_, rule), as_rule in group(routes).items():
        pairs = list(zip(rule.split("/"), as_rule.split("/"), strict=True))
        variables = [new for old, new in pairs if old != new]
        assert variables == [
            f"<str{number if number > 1 else ''}>" for number in range(1, len(variables) + 1)
        ]
        assert all("<" not in old and old for old, new in pairs if old != new)


@given(CROWDS)
def test_no_crowd_is_left(routes: list[Route]) -> None:
    result = group(routes)
    fixed = {(route.label, route.rule) for route in routes if route.name}
    for label, as_rule in {(label, as_rule) for (label, _), as_rule in result.items()}:
        depth = as_rule.count("/")
        for level in range(1, depth + 1):
            parent = as_rule.split("/")[:level]
            beside = {
                other.split("/")[level]
                for (other_label, rule), other in result.items()
                if other_label == label
                and other.split("/")[:level] == parent
                and other.count("/") >= level
                and not any(
                    named.split("/")[: level + 1] == rule.split("/")[: level + 1]
                    for named_label, named in fixed
                    if named_label == label
                )
            }
            literal = {segment for segment in beside if segment and "<" not in segment}
            assert len(literal) <= (ROOT_LIMIT if level == 1 else SEGMENT_LIMIT)


@given(CROWDS)
def test_every_shown_rule_is_valid_for_werkzeug(routes: list[Route]) -> None:
    routing = pytest.importorskip("werkzeug.routing")
    routing.Map([routing.Rule(rule, endpoint=rule) for rule in set(group(routes).values())])
