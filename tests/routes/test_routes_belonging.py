"""The group of a route: its blueprint, or its first segment."""

from __future__ import annotations

import pytest

from flask_status_cli.model import OTHER, UNMATCHED, GroupBy, Origin, Route
from flask_status_cli.routes import group_of_routes

PREFIXES: list[tuple[str, dict[str, str]]] = [
    # Two routes that share a first segment are a group; the page above them is one of them.
    ("shared", {"/users": "/users", "/users/<int:id>": "/users", "/users/new": "/users"}),
    # Routes whose first segment no other route has are the group `/`.
    ("alone", {"/": "/", "/cart": "/", "/login": "/", "/api/stock/<int:id>": "/"}),
    ("both", {"/a/1": "/a", "/a/2": "/a", "/b": "/", "/": "/"}),
    # A variable is no name of a group. A slash at the end makes no other segment, but a similar name does.
    ("variable", {"/<str>/edit": "/", "/<str>/show": "/"}),
    ("slash", {"/users/": "/users", "/users": "/users", "/users2": "/"}),
]


@pytest.mark.parametrize(("case", "expected"), PREFIXES, ids=[case for case, _ in PREFIXES])
def test_routes_with_one_first_segment_are_a_group(case: str, expected: dict[str, str]) -> None:
    found = group_of_routes([Route("", rule) for rule in expected], GroupBy.PREFIX)
    assert found == {("", rule): name for rule, name in expected.items()}


def test_each_label_has_its_own_groups_by_prefix() -> None:
    routes = [Route("shop", "/users/new"), Route("shop", "/users"), Route("blog", "/users")]
    assert group_of_routes(routes, GroupBy.PREFIX) == {
        ("shop", "/users/new"): "/users",
        ("shop", "/users"): "/users",
        ("blog", "/users"): "/",
    }


def test_a_blueprint_of_the_app_is_a_group() -> None:
    routes = [
        Route("", "/admin/", origin=Origin.APP, group="admin"),
        Route("", "/admin/log", origin=Origin.APP, group="admin.log"),
        Route("", "/", origin=Origin.APP),
    ]
    assert group_of_routes(routes, GroupBy.BLUEPRINT) == {
        ("", "/admin/"): "admin",
        ("", "/admin/log"): "admin.log",
    }


@pytest.mark.parametrize("by", GroupBy)
def test_unmatched_and_other_belong_to_no_group(by: GroupBy) -> None:
    assert group_of_routes([Route("", UNMATCHED), Route("", OTHER)], by) == {}


def test_without_grouping_no_route_belongs_to_a_group() -> None:
    assert group_of_routes([Route("", "/users", group="users")], GroupBy.NONE) == {}
