"""Requests get the rule that Flask itself finds for them in the same process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from flask import Flask, request
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from flask_status_cli.errors import RuleError
from flask_status_cli.formats import LineCounter
from flask_status_cli.model import UNMATCHED, Converter, UrlMap, UrlRule
from flask_status_cli.routes import check_rule, finder, fold
from flask_status_cli.routes.declared.first_segments import first_segments
from flask_status_cli.routes.discovered.number_segments import numbers_are_alike
from flask_status_cli.tally import Tally
from tests.examples import examples

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "DELETE", "PROPFIND", "get")

Given = tuple[str, tuple[str, ...], bool]
"""Rule, methods, strict_slashes."""

SEGMENTS = (
    "users", "2026", "é", "v1", "404", "<int:id>", "<name>", "<path:rest>", "<uuid:key>", "<float:x>",
    "<int(fixed_digits=4):year>", "<int(min=5,max=20):n>", "<any(users,\"2026\",a):word>", "<int:a>-<int:b>",
    "<string(length=2):lang>", "<name>.json", "page<int:n>", "<a><b>", "",
)  # fmt: skip
RULES = st.builds(
    lambda segments, slash: "/" + "/".join(segments) + ("/" if slash and segments else ""),
    st.lists(st.sampled_from(SEGMENTS), max_size=3, unique=True).filter(
        lambda found: sum("name" in one or "n>" in one or "a>" in one for one in found) < 2
    ),
    st.booleans(),
)
GIVEN = st.lists(
    st.tuples(
        RULES,
        st.sets(st.sampled_from(["GET", "POST", "DELETE"]), min_size=1).map(sorted).map(tuple),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)
PIECES = st.sampled_from([
    *("users", "2026", "é", "%C3%A9", "%E9", "v1", "404", "7", "12", "0017", "-3", "a", "en", "1.5", "7-8"),
    *("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "x.json", "page3", "a+b", "a;b=1", "%2F", "%3F", "%00", "%25"),
    *("", "..", ".", "x y".replace(" ", "%20"), "١٢", "%D9%A1", "12345678901234567890123"),
])  # fmt: skip
TARGETS = st.builds(
    lambda start, pieces, end: start + "/".join(pieces) + end,
    st.sampled_from(["/", "/", "/", "//", "http://example.org/", "http://example.org"]),
    st.lists(PIECES, max_size=4),
    st.sampled_from(["", "", "/", "?a=/7", "#x", "//", "?"]),
)


LITERAL = st.sampled_from(["", "users", "v1", "page3", "a", "é", "."])


def make_app(given: Sequence[Given], *, merge_slashes: bool = True) -> Flask:
    app = Flask("shop", static_folder=None)
    app.url_map.merge_slashes = merge_slashes
    for number, (rule, methods, strict) in enumerate(given):
        app.add_url_rule(
            rule,
            endpoint=str(number),
            view_func=lambda **_: "",
            methods=methods,
            strict_slashes=strict,
        )
    return app


def url_map(app: Flask, given: Sequence[Given]) -> UrlMap:
    """Return the rules of an app as reading the app returns them, in the order in which they were added."""
    rules = []
    for number, (rule, _, strict) in enumerate(given):
        (made,) = app.url_map.iter_rules(str(number))
        methods = tuple(sorted(made.methods or ()))
        merges = bool(made.merge_slashes)
        rules.append(UrlRule(rule, methods=methods, strict_slashes=strict, merge_slashes=merges))
    return UrlMap(tuple(rules), complete=True, merge_slashes=app.url_map.merge_slashes)


def environment(method: str, target: str) -> dict[str, Any]:
    """Return the WSGI environment that gunicorn makes of a request line; see `gunicorn.http.wsgi.create`."""
    parts = urlsplit("." + target if target.startswith("//") else target)
    path = parts.path[1:] if target.startswith("//") else parts.path
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path or "/").decode("latin-1"),
        "SCRIPT_NAME": "",
        "SERVER_NAME": "example.org",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "QUERY_STRING": parts.query,
    }


def rules_by_flask(app: Flask, method: str, target: str, depth: int = 0) -> set[str]:
    """Return the rule that Flask matches: for a redirect that of its target, for a 405 those of the path."""
    with app.request_context(environment(method, target)):
        failed = request.routing_exception
        if failed is None:
            assert request.url_rule is not None
            return {request.url_rule.rule}
    if isinstance(failed, RequestRedirect):
        assert depth < 3
        return rules_by_flask(app, method, urlsplit(failed.new_url).path, depth + 1)
    if isinstance(failed, MethodNotAllowed):
        return set().union(
            *(rules_by_flask(app, other, target, depth) for other in failed.valid_methods or ())
        )
    assert isinstance(failed, NotFound)
    return {UNMATCHED}


@settings(max_examples=examples(75), deadline=None)
@given(GIVEN, st.lists(st.tuples(st.sampled_from(METHODS), TARGETS), max_size=8), st.booleans())
@example([("/users/", ("GET",), True)], [("GET", "/users"), ("POST", "/users")], True)
@example([("/a/<path:rest>", ("GET",), True)], [("GET", "/a//7"), ("GET", "//a/7")], True)
def test_every_request_has_the_rule_that_flask_matches(
    given: list[Given], asked: list[tuple[str, str]], merge_slashes: bool
) -> None:
    app = make_app(given, merge_slashes=merge_slashes)
    rule_of = finder((url_map(app, given),)).rule_of
    for method, target in asked:
        assert rule_of(method, target) in rules_by_flask(app, method, target), (method, target)


LINE = '10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "{} {} HTTP/1.1" {} 5 "-" "-"\n'


@settings(max_examples=examples(50), deadline=None)
@given(GIVEN, st.lists(st.tuples(st.sampled_from(METHODS), TARGETS), max_size=12), st.booleans())
@example([("/2026", ("GET",), True)], [("GET", "/7"), ("GET", "/2026")], False)
@example([("/<a><b>", ("GET",), True)], [("GET", "/77"), ("GET", "/7")], False)
def test_requests_that_are_alike_have_the_same_rule(
    given: list[Given], asked: list[tuple[str, str]], complete: bool
) -> None:
    app = make_app(given)
    found = finder((UrlMap(url_map(app, given).rules, complete=complete),))
    log = "".join(LINE.format(method, target, 200) for method, target in asked).encode()
    tally = Tally(found.rule_of, rule_of_path=found.rule_of_path, discover=found.discover)
    counter = LineCounter(
        tally.code,
        zone=UTC,
        alike=found.alike,
        code_of_path=tally.code_of_path,
        codes_of_rules=tally.codes_of_discovered,
        declared=found.declared,
    )
    counter.feed(log)
    met: dict[str, int] = {}
    for codes in counter.take().minutes.values():
        for code, requests in codes.items():
            met[tally.keys[code][0]] = met.get(tally.keys[code][0], 0) + requests
    wanted: dict[str, int] = {}
    for method, target in asked:
        rule = found.rule_of(method, target)
        wanted[rule] = wanted.get(rule, 0) + 1
    assert met == wanted


@settings(max_examples=examples(50), deadline=None)
@given(
    GIVEN.flatmap(
        lambda given: st.lists(LITERAL, min_size=len(given), max_size=len(given)).map(
            lambda first: [
                (f"/{literal}{rule}", *others)
                for literal, (rule, *others) in zip(first, given, strict=True)
            ]
        )
    ),
    st.lists(st.tuples(st.sampled_from(METHODS), TARGETS), max_size=12),
    st.booleans(),
)
def test_a_path_that_begins_like_no_declared_rule_matches_none(
    given: list[Given], asked: list[tuple[str, str]], complete: bool
) -> None:
    app = make_app(given)
    found = finder((UrlMap(url_map(app, given).rules, complete=complete),))
    for method, target in asked:
        path = target.partition("?")[0]
        plain = re.fullmatch(r"/[!$&-:=@-\[\]-~]*", path)
        if found.rule_of_path and plain and path[1:].partition("/")[0] not in found.declared:
            assert found.rule_of(method, target) == found.rule_of_path(path)


@pytest.mark.parametrize(
    ("rules", "prefixes", "first"),
    [
        (["/users/<int:id>", "/users", "/v1/<path:rest>"], (), {"", "users", "v1"}),
        (["/", "/login/"], (), {"", "login"}),
        (["/users", "/<slug>"], (), None),
        (["/users", "/page<int:n>"], (), None),
        (["/users", "/2026/<int:month>"], (), None),
        (["/users", "/<slug>"], ("/app/", "/shop/de"), {"", "app", "shop"}),
        (["/users"], ("/app", "/"), {"", "app", "users"}),
    ],
)
def test_the_first_segments_of_declared_rules(
    rules: list[str], prefixes: tuple[str, ...], first: set[str] | None
) -> None:
    assert first_segments([UrlMap(tuple(map(UrlRule, rules)))], prefixes) == first


@pytest.mark.parametrize(
    ("rules", "alike"),
    [
        # every number is as good as any other
        (["/users/<int:id>", "/<name>/posts", "/static/<path:file>", "/v1/<uuid:key>", "/x-<int:n>"], True),
        # a rule names one
        (["/404"], False),
        (["/page<int:n>"], True),  # no segment that is a number
        (["/2<int:n>"], False),
        (["/v1<name>"], True),
        # a variable takes some
        (["/<int(min=1):n>"], False),
        (["/<string(length=2):lang>"], False),
        (["/<any(1,2):n>"], False),
        (["/<a><b>"], False),
    ],
)  # fmt: skip
def test_numbers_are_alike_if_no_rule_distinguishes_them(rules: list[str], alike: bool) -> None:
    found = numbers_are_alike([UrlMap(tuple(map(UrlRule, rules)))])
    assert found <= alike  # to say no is always right


def test_the_usual_app_has_numbers_that_are_alike() -> None:
    rules = ("/", "/users/<int:id>", "/static/<path:filename>", "/blog/<slug>/")
    assert numbers_are_alike([UrlMap(tuple(map(UrlRule, rules)))])


SIGNED = Converter("n", r"-?\d+", weight=50, number="int", maximum=9)
LIST = Converter("names", r"[a-z]+(?:,[a-z]+)*")
TREE = Converter("path", r"[^/].*?\.html", weight=200, part_isolating=False)


@pytest.mark.parametrize(
    ("rule", "target", "matches"),
    [
        # a converter of the app's own
        (UrlRule("/s/<signed(max=9):n>", converters=(SIGNED,)), "/s/-3", True),
        (UrlRule("/s/<signed(max=9):n>", converters=(SIGNED,)), "/s/10", False),
        (UrlRule("/l/<list:names>", converters=(LIST,)), "/l/a,b", True),
        (UrlRule("/l/<list:names>", converters=(LIST,)), "/l/a,,b", False),
        (UrlRule("/<tree:path>", converters=(TREE,)), "/a/b/c.html", True),
        (UrlRule("/<tree:path>", converters=(TREE,)), "/a/b/c", False),
        # without methods, any
        (UrlRule("/any"), "/any", True),
        # a WebSocket's
        (UrlRule("/ws", websocket=True), "/ws", True),
        # numbers with more digits than Python converts
        (UrlRule("/<int:id>"), "/" + "1" * 5000, False),
        # a target that names no path
        (UrlRule("/<path:all>"), "*", False),
        (UrlRule("/<path:all>"), "example.org:443", False),
        # longer than any server hands on
        (UrlRule("/<path:all>"), "/" + "x/" * 4000, True),
        (UrlRule("/<path:all>"), "/" + "x" * (1 << 17), False),
    ],
)
def test_a_rule_matches_a_request(rule: UrlRule, target: str, matches: bool) -> None:
    found = finder((UrlMap((rule,), complete=True),)).rule_of("GET", target)
    assert found == (rule.rule if matches else UNMATCHED)


@pytest.mark.parametrize(
    ("prefixes", "target", "rule"),
    [
        # below the prefix, and the prefix itself
        (("/app",), "/app/users/7", "/users/<int:id>"),
        (("/app/",), "/app/users/7", "/users/<int:id>"),
        (("/app",), "/app", "/"),
        (("/app",), "/app/", "/"),
        # not below it
        (("/app",), "/users/7", UNMATCHED),
        (("/app",), "/apps/users/7", UNMATCHED),
        # several: the longest first
        (("/a", "/a/b"), "/a/b/users/7", "/users/<int:id>"),
        (("/a", "/a/b"), "/a/users/7", "/users/<int:id>"),
        # encoded
        (("/app",), "/%61pp/users/7", "/users/<int:id>"),
    ],
)
def test_a_prefix_is_removed(prefixes: tuple[str, ...], target: str, rule: str) -> None:
    rules = (UrlRule("/"), UrlRule("/users/<int:id>"))
    mounted = finder((UrlMap(rules, complete=True, prefixes=prefixes),))
    asked = finder((UrlMap(rules, complete=True, prefixes=("/other",)),), prefixes=prefixes)
    assert mounted.rule_of("GET", target) == asked.rule_of("GET", target) == rule


@pytest.mark.parametrize(
    ("complete", "discover", "rule"),
    [(False, True, "/posts/<int:id>"), (True, True, UNMATCHED), (False, False, UNMATCHED)],
)
def test_requests_without_a_declared_rule_are_discovered_or_unmatched(
    complete: bool, discover: bool, rule: str
) -> None:
    found = finder((UrlMap((UrlRule("/"),), complete=complete),), discover=discover)
    assert found.rule_of("GET", "/posts/7") == rule
    assert found.rule_of("GET", "/") == "/"
    assert found.rule_of(None, None) == UNMATCHED


def test_without_declared_rules_requests_are_discovered_or_unmatched() -> None:
    assert finder(()).rule_of("GET", "/posts/7") == fold("/posts/7")
    assert finder((), discover=False).rule_of("GET", "/posts/7") == UNMATCHED


def test_a_rule_bound_to_a_host_is_found_although_the_log_has_no_host() -> None:
    www, api = UrlRule("/", domain="www"), UrlRule("/api", domain="api", methods=("GET",))
    user, own = UrlRule("/<name>", domain="<user>"), UrlRule("/api", methods=("POST",))
    rule_of = finder((UrlMap((www, api, user, own), complete=True),)).rule_of
    assert [rule_of(*asked) for asked in (("GET", "/"), ("GET", "/api"), ("POST", "/api"))] == [
        "/", "/api", "/api",
    ]  # fmt: skip
    assert rule_of("GET", "/someone") == "/<name>"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (UrlRule("users"), "URL rule 'users' must start with a slash."),
        (UrlRule("/users/<int:id"), "malformed url rule: '/users/<int:id'"),
        (UrlRule("/users/<number:id>"), "the converter 'number' does not exist"),
        (UrlRule("/<string(minlength=5,maxlength=2):x>"), "min repeat greater than max repeat"),
        (UrlRule("/<re:x>", converters=(Converter("x", "["),)), "unterminated character set"),
        (UrlRule("/<int(least=5):x>"), "unexpected keyword argument 'least'"),
    ],
)
def test_a_bad_rule_is_an_error_of_one_line(rule: UrlRule, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_rule(rule, where="flask-status.toml")
    text = str(caught.value)
    assert text.startswith(f"flask-status.toml: {rule.rule!r} is not a valid rule: ")
    assert said in text
    assert "\n" not in text
