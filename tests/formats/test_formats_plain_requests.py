"""Requests that are read many at once have the rules that the reference parser finds for them."""

from __future__ import annotations

import os
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import parse_line
from flask_status_cli.formats.counting.plain_requests import PATH_RULES, PlainRequests
from flask_status_cli.model import LogEntry
from flask_status_cli.routes import DISCOVERY, fold
from flask_status_cli.routes.discovered.variable_segments import VARIABLES
from flask_status_cli.tally import Tally
from tests.compiled_modules import needed

EXAMPLES = int(os.environ.get("EXAMPLES", "100"))
PIECES = st.sampled_from([
    "/", "/", "/", "users", "17", "0", "1" * 20, "1" * 21, "HTTP", "HTTP/1.1", "?", "?a=/7/b", "#",
    "a.css", "a.b", "2026-11-23", "a@b", "eyJx.y.z", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "-", "x" * 250,
    ";", "%2F", "%41", "\u00e9", "<",
    "\\\\", "\\x22", "=", "://h", " ", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
])  # fmt: skip
REQUESTS = st.tuples(
    st.sampled_from(["GET", "POST", "get", "G-T", ""]),
    st.lists(PIECES, max_size=7).map("".join),
    st.sampled_from(["HTTP/1.1", "HTTP/2", "HTTP/1.", "HTTP/1.12", ""]),
    st.sampled_from(["200", "404", "000", "2000", "20"]),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(REQUESTS, max_size=6))
def test_plain_requests_have_the_rules_that_the_reference_finds(
    requests: list[tuple[str, str, str, str]],
) -> None:
    tally = Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    assert tally.code_of_path is not None
    keys = [f'{method} /{path} {end}" {status} ' for method, path, end, status in requests]
    codes = PlainRequests(tally.code_of_path).codes([key.encode() for key in keys], lambda _: None)
    for key, code in zip(keys, codes, strict=True):
        if code is not None:
            line = f'192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "{key}5'
            entry = parse_line(line.encode(), order=["common"], zone=UTC)
            assert isinstance(entry, LogEntry)
            assert tally.keys[code] == (fold(entry.target), entry.status)


def test_usual_requests_are_plain_and_others_are_handed_on() -> None:
    tally = Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    assert tally.code_of_path is not None
    others: list[bytes] = []
    keys = [
        b'GET /users/17?page=2 HTTP/1.1" 200 ',
        b'GET /caf%C3%A9 HTTP/1.1" 200 ',
        b'POST /users/4711 HTTP/2.0" 200 ',
        b'GET /static/site.css HTTP/1.0" 304 ',
    ]
    codes = list(PlainRequests(tally.code_of_path).codes(keys, others.append))
    assert codes == [0, None, 0, 1]
    assert others == [keys[1]]
    assert tally.keys == (("/users/<int:id>", 200), ("/static/<path:file>", 304))


def scanner(**others: Any) -> Any:
    options = {
        "opening": b' +0000] "', "steps": b"", "whole": False, "separator": b":", "longest": 1000,
        "most_keys": 1 << 18, "most_bytes": 1 << 24, "most_others": 10, "secrets": bytes(range(16)),
        "path_rules": PATH_RULES,
    }  # fmt: skip
    module = needed("formats.counting.compiled._scanner")
    return module.Scanner(**(options | others))


def line(path: str) -> str:
    return f'192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET {path} HTTP/1.1" 404 5\n'


def found(*paths: str) -> tuple[list[str], list[str], list[str]]:
    """Return the rules that the scanner finds, the paths that it hands on, and the keys of the rest."""
    one = scanner()
    keys = one.scan("".join(map(line, paths)).encode())[1]
    rules, others = one.new_rules()
    assert {status for _, status in rules + others} <= {404}
    return [rule for rule, _ in rules], [path for path, _ in others], [key.decode() for key in keys]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/", "/"),
        ("/wp-login.php", "/wp-login.php"),
        ("/a//b/", "/a//b/"),
        ("/users/17", "/users/<int:id>"),
        ("/users/17?page=2", "/users/<int:id>"),
        ("/17/posts", "/<int:id>/posts"),
        ("/" + "1" * 20, "/<int:id>"),
        ("/17/a.css", "/<int:id>/<path:file>"),
        ("/s/2026-11-23/4/b.min.JS", "/s/<path:file>"),
        ("/s/b.js/", "/s/b.js/"),
        ("/favicon.ico", "/favicon.ico"),
        ("/s.css/x", "/s.css/x"),
        ("/s/css", "/s/css"),
        ("/s/x.cssx", "/s/x.cssx"),
        ("/s/x.cs", "/s/x.cs"),
        ("/3e5/1a", "/3e5/1a"),
        ("/2026-11-2/2026-11-233/x26-11-23", "/2026-11-2/2026-11-233/x26-11-23"),
        ("/10-things-to-do-in-2026", "/10-things-to-do-in-2026"),
        ("/0123456789abcde", "/0123456789abcde"),  # 15 digits
        ("/abcdefabcdefabcdef", "/abcdefabcdefabcdef"),  # no decimal digit
        ("/0123456789abcdeg", "/0123456789abcdeg"),
        ("/aB3.aB3.aB3.aB3.aB3.aB3", "/aB3.aB3.aB3.aB3.aB3.aB3"),  # a dot
        ("/aB345678901234567_-", "/aB345678901234567_-"),  # 19 characters
        ("/xeyJ.a.b", "/xeyJ.a.b"),
        ("/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/i/j"),
    ],
)
def test_the_scanner_finds_the_rules_of_usual_paths(path: str, rule: str) -> None:
    assert found(path) == ([rule], [], [])


@pytest.mark.parametrize(
    ("path", "as_handed_on"),
    [
        ("/1/x/2?a=3", "/<int:id>/x/<int:id>"),
        ("/" + "1" * 21, None),
        ("/2026-11-23", None),
        ("/0123456789abcdef", None),
        ("/0123456789ABCDEF/5", "/0123456789ABCDEF/<int:id>"),
        ("/a@b", None),
        ("/@", None),
        ("/eyJ.a.b", None),
        ("/f81d4fae-7dec-11d0-a765-00a0c91e6bf6", None),
        ("/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", None),
        ("/aB3456789012345678_-", None),
        ("/0123456789abcdef/x.css", None),
    ],
)
def test_the_scanner_hands_paths_on_that_may_have_variable_segments(
    path: str, as_handed_on: str | None
) -> None:
    assert found(path) == ([], [as_handed_on or path], [])


@pytest.mark.parametrize(
    "path", ["/caf%C3%A9", "/a;b", "/a#b", "/<a>", "/\x01", "*", "http://h/", "/a\\", "/a b",
             "/a/b/c/d/e/f/g/h/i/j/k", "/" + "x" * 240, "/1" * 120, ""],
)  # fmt: skip
def test_requests_that_are_not_plain_are_read_by_python(path: str) -> None:
    assert found(path) == ([], [], [f'GET {path} HTTP/1.1" 404 '])


IN_LOGS = st.characters(codec="ascii", categories=["L", "N", "P"], exclude_characters='"')
VARIABLE = st.sampled_from([pattern for _, _, pattern in VARIABLES]).flatmap(
    lambda pattern: st.from_regex(pattern, fullmatch=True, alphabet=IN_LOGS)
)
SEGMENT = st.one_of(
    VARIABLE.filter(lambda segment: len(segment) < 60),
    st.from_regex(r"[0-9A-Fa-f-]{8,37}", fullmatch=True),
    st.from_regex(r"[0-9]{1,22}", fullmatch=True),
    st.text("aAgG1-_.@", max_size=22),
    st.sampled_from(["a.css", "a.PHP", ".gz", "x", "", "eyJ"]),
)


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(st.lists(st.lists(SEGMENT, min_size=1, max_size=4).map("/".join), min_size=1, max_size=4))
def test_the_scanner_finds_the_rules_that_the_table_of_variables_says(paths: list[str]) -> None:
    log = "".join(line(f"/{path}") for path in paths).encode()
    one, tally = scanner(), Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    assert tally.code_of_path is not None
    plain = PlainRequests(tally.code_of_path, tally.codes)
    minutes: dict[int, dict[int, int]] = {}
    keys = one.scan(log)[1]
    rules, others = one.new_rules()
    one.fill([1 << 12] * len(keys), [], [], plain.codes_of_new(rules, others))
    one.add(minutes, [], {b"23/Nov/2026": 0}, None, lambda *_: None, pytest.fail)
    requests = {tally.keys[code][0]: n for code, n in minutes[605].items() if code < 1 << 12}
    expected: dict[str, int] = {}
    for path in paths:
        if f'GET /{path} HTTP/1.1" 404 '.encode() not in keys:
            expected[fold(f"/{path}")] = expected.get(fold(f"/{path}"), 0) + 1
    assert requests == expected


def test_codes_of_rules_are_known_in_the_next_block_and_forgotten_together() -> None:
    one = scanner()
    block = (line("/a") + line("/7") + line("/1/2")).encode()
    assert one.scan(block + block)[1] == []
    assert one.new_rules() == ([("/a", 404), ("/<int:id>", 404)], [("/<int:id>/<int:id>", 404)])
    assert one.fill([], [], [], [5, 6, 7]) == 0
    minutes: dict[int, dict[int, int]] = {}
    one.add(minutes, [], {b"23/Nov/2026": 0}, None, lambda *_: None, None)
    assert minutes == {605: {5: 2, 6: 2, 7: 2}}
    one.scan(block + line("/8").encode())
    assert one.new_rules() == ([], [])
    assert one.fill([], [], []) == 0
    one.forget()
    one.scan(block)
    assert len(one.new_rules()[0]) == 2


def test_full_tables_are_emptied() -> None:
    one = scanner(most_keys=2)
    for _ in range(2):
        one.scan((line("/a") + line("/b")).encode())
        assert one.new_rules()[0] == [("/a", 404), ("/b", 404)]
        one.fill([], [], [], [0, 1])


def test_wrong_codes_of_rules_are_refused() -> None:
    one = scanner()
    with pytest.raises(ValueError, match="no block was scanned"):
        one.new_rules()
    one.scan((line("/a") + line("/b")).encode())
    for codes in (None, [], [1], [1, -1], (1, 2)):
        with pytest.raises(ValueError, match="code"):
            one.fill([], [], [], codes)
    with pytest.raises(TypeError):
        one.fill([], [], [], [1, None])
    with pytest.raises(ValueError, match="short name"):
        scanner(path_rules=(b"x" * 65, b"", b""))


def test_paths_that_a_declared_rule_may_match_are_handed_on() -> None:
    paths = ["/users/7", "/users", "/", "//a", "/user", "/7", "/users.css", "/x/users"]
    handed_on = [f'GET {path} HTTP/1.1" 404 ' for path in ("/users/7", "/users", "/", "//a")]
    rules = ["/user", "/<int:id>", "/users.css", "/x/users"]
    tally = Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    assert tally.code_of_path is not None
    plain = PlainRequests(tally.code_of_path, tally.codes, {"", "users"})
    others: list[bytes] = []
    list(plain.codes([f'GET {path} HTTP/1.1" 404 '.encode() for path in paths], others.append))
    assert [key.decode() for key in others] == handed_on
    assert [rule for rule, _ in tally.keys] == rules
    one = scanner(path_rules=plain.path_rules)
    assert [key.decode() for key in one.scan("".join(map(line, paths)).encode())[1]] == handed_on
    assert one.new_rules() == ([(rule, 404) for rule in rules], [])


def test_if_nothing_is_discovered_plain_paths_are_unmatched() -> None:
    tally = Tally(lambda *_: "/a", rule_of_path=lambda _: "<unmatched>", discover=False)
    assert tally.codes_of_discovered([("/b", 404), ("/c", 404), ("/b", 500)]) == [0, 0, 1]
    assert tally.keys == (("<unmatched>", 404), ("<unmatched>", 500))
