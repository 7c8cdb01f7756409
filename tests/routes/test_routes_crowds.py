"""Crowds form as the design says, and do not depend on the order of the rules."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from flask_status_cli.routes.discovered import crowds
from flask_status_cli.routes.discovered.crowds import Crowds, holds_crowd, slug_like
from tests.plain_crowds import PlainCrowds

SEEDS = int(os.environ.get("SEEDS", "30"))

WORDS = [
    "login",
    "a",
    "robots.txt",
    "my-cart",
    "about_us",
    "_x".lstrip("_"),
    "twentyletterswordabc",
]
SLUGS = [
    "my-first-post", "2024", "x1", "-a", "a-", ".env", "a.b.c", "é", "_", "apple-touch-icon.png",
    "twentyoneletterswords", "a-1", "%2F", "~me", "index.php5",
]  # fmt: skip


@pytest.mark.parametrize(
    ("segment", "expected"), [(w, False) for w in WORDS] + [(s, True) for s in SLUGS]
)
def test_every_segment_but_a_plain_word_is_slug_like(segment: str, expected: bool) -> None:
    assert slug_like(segment) is expected


def made(*rules: str, pins: Sequence[str] = (), keep: Sequence[str] = ()) -> Crowds:
    crowd = Crowds(pins=pins, keep=keep)
    for rule in rules:
        crowd.add(rule)
    return crowd


POSTS = [f"/blog/post-{n}" for n in range(21)]
WORD_PAGES = [f"/wiki/{'abcdefghijklmnopqrstuvwxyz'[n % 26]}{'x' * (n // 26)}" for n in range(501)]


def test_twenty_slugs_stay_and_twenty_one_are_a_crowd() -> None:
    assert made(*POSTS[:20]).fold("/blog/post-3") == "/blog/post-3"
    crowd = made(*POSTS)
    assert crowd.fold("/blog/post-3") == crowd.fold("/blog/never-met-1") == "/blog/<slug>"
    assert crowd.fold("/blog/archive") == "/blog/archive"
    assert crowd.fold("/blog/post-3/edit") == "/blog/<slug>/edit"
    assert crowd.fold("/blog/") == "/blog/"
    assert crowd.crowds() == {("/blog", "slug")}


def test_five_hundred_words_stay_and_one_more_is_a_crowd() -> None:
    assert made(*WORD_PAGES[:500]).fold("/wiki/a") == "/wiki/a"
    assert made(*WORD_PAGES).fold("/wiki/a") == "/wiki/<str>"


def test_words_directly_under_the_root_are_never_folded() -> None:
    under_root = [rule.removeprefix("/wiki") for rule in WORD_PAGES]
    assert made(*under_root).crowds() == frozenset()
    slugs = [rule.removeprefix("/blog") for rule in POSTS]
    crowd = made(*under_root, *slugs)
    assert (crowd.fold("/post-1"), crowd.fold("/a")) == ("/<slug>", "/a")


def test_a_second_crowd_variable_gets_a_number() -> None:
    crowd = made(*(f"/x-{n}/y-{m}" for n in range(21) for m in range(21)))
    assert crowd.fold("/x-1/y-1") == "/<slug>/<slug2>"
    assert crowd.crowds() == {("/", "slug"), ("/<slug>", "slug")}
    again = Crowds(crowd.crowds())
    again.add("/<slug>/<slug2>")
    assert again.fold("/x-1/y-1") == "/<slug>/<slug2>"
    assert again.crowds() == crowd.crowds()


def test_crowds_below_a_folded_parent_are_kept() -> None:
    crowd = made(*(f"/shop-1/p-{n}" for n in range(21)), *(f"/shop-{n}" for n in range(2, 22)))
    assert crowd.fold("/shop-1/p-1") == "/<slug>/<slug2>"


def test_segments_of_a_pinned_rule_are_neither_folded_nor_counted() -> None:
    crowd = made(*POSTS[:21], pins=["/blog/post-0/edit"])
    assert crowd.crowds() == frozenset()  # twenty others
    crowd.add("/blog/post-21")
    assert crowd.fold("/blog/post-0") == "/blog/post-0"
    assert crowd.fold("/blog/post-0/x") == "/blog/post-0/x"
    assert crowd.fold("/blog/post-1") == "/blog/<slug>"


def test_rules_that_match_keep_are_neither_folded_nor_counted() -> None:
    crowd = made(*POSTS, keep=["/blog/post-0*", "/x"])
    assert crowd.crowds() == frozenset()
    crowd.add("/blog/post-21")
    assert crowd.fold("/blog/post-0/edit") == "/blog/post-0/edit"
    assert crowd.fold("/blog/post-1") == "/blog/<slug>"


def test_earlier_crowds_stay_without_their_members() -> None:
    assert Crowds([("/blog", "slug")]).fold("/blog/post-1") == "/blog/<slug>"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("/<slug>", True), ("/a/<str2>", True), ("/<int:id>", False), ("/<path:file>", False)],
)
def test_a_rule_of_a_crowd_is_recognised_by_its_variable(rule: str, expected: bool) -> None:
    assert holds_crowd(rule) is expected


SEGMENTS = [
    "a",
    "b",
    "c",
    "login",
    "blog",
    "cart",
    "x1",
    "y-2-3",
    "z-long-one",
    "p9",
    "q-8",
    "r7",
    "s_6",
    "t-4",
    "u",
    "v",
    "about",
    "<int:id>",
]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_routes_depend_only_on_the_set_of_paths_that_answered(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "SLUG_LIMIT", 3)
    monkeypatch.setattr(crowds, "WORD_LIMIT", 4)
    chance = random.Random(seed)
    heads = chance.sample(SEGMENTS, chance.randrange(1, 9))

    def path() -> str:
        rest = [chance.choice(SEGMENTS) for _ in range(chance.randrange(4))]
        return "/" + "/".join([chance.choice(heads), *rest]) + chance.choice(["", "", "", "/"])

    paths = [path() for _ in range(chance.randrange(5, 120))]
    pins = [path() for _ in range(chance.randrange(3))]
    keep = [str(Path(path()).parent / "*") for _ in range(chance.randrange(2))]
    plain = PlainCrowds(paths, slugs=3, words=4, pins=pins, keep=keep)
    expected = {each: plain.rule(each) for each in paths}
    for order in (sorted(paths), sorted(paths, key=len), chance.sample(paths, len(paths))):
        crowd = made(*order, pins=pins, keep=keep)
        assert {each: crowd.fold(each) for each in paths} == expected
        assert crowd.routes == len({expected[each] for each in paths if not crowd.kept(each)})
        # A process that starts later knows the crowds and the routes, but not the paths.
        again = Crowds(
            made(*order[: len(order) // 2], pins=pins, keep=keep).crowds(), pins=pins, keep=keep
        )
        for each in [crowd.fold(each) for each in order[: len(order) // 2]] + order:
            again.add(each)
        assert {each: again.fold(each) for each in paths} == expected
