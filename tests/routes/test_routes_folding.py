"""The table of foldings, and what holds for every target."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from flask_status_cli.model import UNMATCHED
from flask_status_cli.routes import MAX_BYTES, fold, written_path

TABLE = Path(__file__).parents[2] / "fixtures" / "routes" / "folding.jsonl"


def cases() -> list[tuple[str, str | None, str]]:
    """Return (reason, target, rule) of every case of the table."""
    found: list[tuple[str, str | None, str]] = []
    reason = ""
    for line in TABLE.read_text(encoding="ascii").splitlines():
        value = json.loads(line)
        if isinstance(value, str):
            reason = value
        else:
            found.append((reason, *value))
    return found


CASES = cases()
RULES = sorted({rule for _, _, rule in CASES if rule != UNMATCHED})

CHARACTERS = st.characters(codec=None) | st.sampled_from(
    "/%?#;<>@.-\x00\x1b\x7f\x85\udc80\udce9\ud800"
)
PIECES = st.sampled_from(
    [
        *(
            "/",
            "//",
            "%2F",
            "%2f",
            "%25",
            "%C3%A9",
            "%E9",
            "%00",
            "%3c",
            "http://h",
            "?",
            "#",
            ";",
            " ",
        ),
        *(
            "42",
            "2026-11-23",
            "a@b",
            "eyJx.y.z",
            "0123456789abcdef",
            "abcdefghijABCDEFGHI1",
            "x.css",
        ),
        *("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "users", "é", "\udcc3", "\udca9"),
    ]
)
TARGETS = st.text(CHARACTERS) | st.lists(PIECES | st.text(CHARACTERS, max_size=3)).map("".join)
PATHS = TARGETS.map(lambda text: "/" + text)
PLAIN = st.from_regex(r"(/[a-zA-Z_.~-]{0,12}){1,8}", fullmatch=True)


@pytest.mark.parametrize(("reason", "target", "rule"), CASES)
def test_a_target_is_folded_as_the_table_says(reason: str, target: str | None, rule: str) -> None:
    assert fold(target) == rule, reason


@pytest.mark.parametrize(
    "piece", ["%", "%41", "%2f", "/", "1/", "a@", "eyJa.", "\udc80", "<", "1a-", " "]
)
def test_a_megabyte_of_anything_is_folded_in_linear_time(piece: str) -> None:
    assert fold("/" + piece * (1_000_000 // len(piece))) == UNMATCHED
    assert fold("http://" + piece * (1_000_000 // len(piece))) is not None


@given(TARGETS | PATHS)
@example("/" + "%" * 1000)
@example("/" + "1" * 100_000)
def test_every_target_gives_a_short_rule_without_controls_or_surrogates(target: str) -> None:
    rule = fold(target)
    assert rule == UNMATCHED or rule.startswith("/")
    assert len(rule.encode()) <= MAX_BYTES + 10 * len("<int:id10>")
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in rule)


@given(
    st.lists(st.tuples(st.binary(max_size=4) | st.text(max_size=3).map(str.encode), st.booleans()))
)
def test_raw_bytes_and_encoded_bytes_are_the_same_rule(parts: list[tuple[bytes, bool]]) -> None:
    clean = [(part.translate(None, b"%?#;"), encode) for part, encode in parts]
    raw = b"/" + b"".join(part for part, _ in clean)
    mixed = b"/" + b"".join(percent_encoded(part) if encode else part for part, encode in clean)
    assert fold(mixed.decode("utf-8", "surrogateescape")) == fold(
        raw.decode("utf-8", "surrogateescape")
    )


def percent_encoded(data: bytes) -> bytes:
    """Encode every byte but the slash, which would be another path."""
    return b"".join(b"/" if byte == 0x2F else b"%%%02x" % byte for byte in data)


@given(PATHS, st.sampled_from("?#;"), st.text())
def test_query_fragment_and_parameters_do_not_matter(
    target: str, delimiter: str, rest: str
) -> None:
    path = target.translate(dict.fromkeys(map(ord, "?#;")))
    assert fold(path + delimiter + rest) == fold(path)


@given(PATHS)
def test_absolute_form_is_the_same_route(target: str) -> None:
    assert fold("https://example.org:8443" + target) == fold(target)


@given(PATHS)
def test_a_rule_without_variables_or_escapes_folds_to_itself(target: str) -> None:
    rule = fold(target)
    if not set("%<?#;") & set(rule):
        assert fold(rule) == rule


@given(PLAIN)
def test_plain_words_are_no_variables(path: str) -> None:
    assert fold(path) in (path, f"/{path.split('/')[1]}/<path:file>")


def test_every_rule_of_the_table_is_valid_for_werkzeug() -> None:
    routing = pytest.importorskip("werkzeug.routing")
    routing.Map([routing.Rule(rule, endpoint=rule) for rule in RULES])


@given(PATHS)
@example("/1/2/" + "a@b/" * 7 + "x.css")
def test_werkzeug_matches_a_rule_with_the_path_it_was_folded_from(target: str) -> None:
    routing = pytest.importorskip("werkzeug.routing")
    path = written_path(target)
    assume(path is not None and "//" not in path)  # werkzeug merges slashes before it matches
    rules = routing.Map([routing.Rule(fold(target), endpoint="folded")], merge_slashes=False)
    assert rules.bind("example.org").match(path)[0] == "folded"
