"""The line of `check` in a monitoring core's hands; the grammar below is written from the guidelines.

https://www.monitoring-plugins.org/doc/guidelines.html, "Plugin Output for Nagios", "Threshold and Ranges",
"Performance data"; Icinga's "Performance Data Metrics" says that a label holds neither `'` nor `=`.
"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import CheckResult, CheckState, Metric, Range
from flask_status_cli.render.monitoring_plugin import line

NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
RANGE = rf"@?(?:(?:~|{NUMBER})?:)?(?:{NUMBER})?"
PERFDATA = re.compile(
    rf"'(?P<label>[^'=|\x00-\x1f]+)'=(?P<value>{NUMBER})(?P<unit>%|s|us|ms|B|KB|MB|GB|TB|c|)"
    rf"(?:;(?P<warning>{RANGE})(?:;(?P<critical>{RANGE})(?:;(?P<least>{NUMBER})?(?:;(?P<most>{NUMBER})?)?)?)?)?"
)
LINE = re.compile(
    r"(?P<state>OK|WARNING|CRITICAL|UNKNOWN) - (?P<text>[^|\n]+?)(?: \| (?P<perfdata>[^|\n]+))?"
)


def parsed(text: str) -> tuple[str, str, list[dict[str, str]]]:
    """A line as a core takes it apart: at the first pipe, then at blanks outside of quotes."""
    found = LINE.fullmatch(text)
    assert found, text
    metrics = []
    for word in re.findall(r"'[^']*'\S*|\S+", found["perfdata"] or ""):
        metric = PERFDATA.fullmatch(word)
        assert metric, word
        metrics.append({name: value for name, value in metric.groupdict().items() if value})
    return found["state"], found["text"], metrics


def alerts(text: str, value: Fraction) -> bool:
    """What a range of the guidelines says of a value: table "Example ranges"."""
    inside, body = text.startswith("@"), text.removeprefix("@")
    start, colon, end = body.rpartition(":")
    low = None if start == "~" else Fraction(start or 0)
    high = Fraction(end) if end else None
    assert colon or end
    within = (low is None or value >= low) and (high is None or value <= high)
    return within if inside else not within


def test_a_line_is_state_sentence_and_values() -> None:
    metrics = (
        Metric("availability", "99.98", "%", Range.parse("99:"), Range.parse("30:"), most="100"),
        Metric("open incidents", "0"),
    )
    assert line(CheckResult(CheckState.OK, "availability 99.98%", metrics)) == (
        "OK - availability 99.98% | 'availability'=99.98%;99:;30:;0;100 'open incidents'=0;;;0"
    )


def test_without_values_there_is_no_pipe() -> None:
    assert line(CheckResult(CheckState.UNKNOWN, "no entries")) == "UNKNOWN - no entries"


@pytest.mark.parametrize(
    ("state", "status"), [("OK", 0), ("WARNING", 1), ("CRITICAL", 2), ("UNKNOWN", 3)]
)
def test_the_states_are_those_of_the_guidelines(state: str, status: int) -> None:
    assert CheckState[state] == status


@pytest.mark.parametrize(
    ("text", "quiet", "loud"),
    [
        # The table "Example ranges" of the guidelines.
        ("10", ["0", "10"], ["-1", "10.01"]),
        ("10:", ["10", "1000000"], ["9.99"]),
        ("~:10", ["-1000", "10"], ["10.01"]),
        ("10:20", ["10", "20"], ["9", "21"]),
        ("@10:20", ["9", "21"], ["10", "20"]),
        # And what follows from it.
        ("-5:5", ["-5", "0", "5"], ["-6", "6"]),
        ("0", ["0"], ["1", "-1"]),
        (":7", ["0", "7"], ["8", "-1"]),
        ("99.95:", ["99.95", "100"], ["99.94"]),
    ],
)
def test_a_range_alerts_as_the_guidelines_say(text: str, quiet: list[str], loud: list[str]) -> None:
    threshold = Range.parse(text)
    assert [value for value in quiet if threshold.alerts(Fraction(value))] == []
    assert [value for value in loud if not threshold.alerts(Fraction(value))] == []


def test_a_bare_number_may_be_the_lower_end() -> None:
    assert Range.parse("99", floor=True) == Range.parse("99:")
    assert Range.parse(":99", floor=True) == Range.parse(":99")


@pytest.mark.parametrize(
    "text", ["", ":", "@", "~", "~:", "a", "1:2:3", "20:10", "1,5", "10 ", "٣", "1e3", "@:"]
)
def test_a_text_that_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a range"):
        Range.parse(text)


numbers = st.decimals(-1000, 1000, places=2).map(lambda value: Fraction(str(value)))
ranges = st.builds(Range, st.none() | numbers, st.none() | numbers, st.booleans()).filter(
    lambda r: (
        (r.low is not None or r.high is not None)
        and (r.low is None or r.high is None or r.low <= r.high)
    )
)


@given(ranges, numbers)
def test_a_threshold_is_written_so_that_it_means_the_same(
    threshold: Range, value: Fraction
) -> None:
    text = line(CheckResult(CheckState.OK, "x", (Metric("y", "1", warning=threshold),)))
    _, _, [metric] = parsed(text)
    assert alerts(metric["warning"], value) == threshold.alerts(value)


HOSTILE = [
    "a|b",
    "it's",
    "a=b",
    "x\ny",
    "\x1b[2J",
    "| 'up'=1",
    "50%",
    "日本語",
    "/users/<int:id>",
    "a;b",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_from_a_log_breaks_the_line(text: str) -> None:
    metrics = (Metric(text, "1.5", "%", Range.parse("99:")), Metric("other", "2"))
    written = line(CheckResult(CheckState.CRITICAL, f"{text} is down", metrics))
    state, said, found = parsed(written)
    assert (state, len(found)) == ("CRITICAL", 2)
    assert said.endswith(" is down")
    assert found[1] == {"label": "other", "value": "2", "least": "0"}


@given(st.text(min_size=1), st.lists(st.tuples(st.text(min_size=1), ranges), max_size=4))
def test_no_input_breaks_the_line(text: str, metrics: list[tuple[str, Range]]) -> None:
    values = tuple(Metric(label, "0.5", "%", threshold, threshold) for label, threshold in metrics)
    _, _, found = parsed(line(CheckResult(CheckState.WARNING, text, values)))
    assert len(found) == len(metrics)


def test_a_line_fits_into_the_buffers_of_old_programs() -> None:
    values = tuple(Metric(f"/route/{number}/" + "x" * 90, "1") for number in range(500))
    written = line(CheckResult(CheckState.OK, "y" * 5000, values))
    assert len(written.encode()) <= 4096
    assert len(parsed(written)[2]) > 20


def test_labels_of_different_routes_stay_different() -> None:
    rules = [
        "/a|b",
        "/a=b",
        "/a'b",
        "/a%7Cb",
        "/a_b",
        "/é",
        "/è",
        f"/{'x' * 200}a",
        f"/{'x' * 200}b",
    ]
    for ascii_only in (False, True):
        result = CheckResult(CheckState.OK, "fine", tuple(Metric(rule, "1") for rule in rules))
        _, _, perfdata = line(result, ascii_only=ascii_only).partition(" | ")
        labels = perfdata.split("'")[1::2]
        assert len(set(labels)) == len(labels) == len(rules)
        assert labels[:5] == ["/a%7Cb", "/a%3Db", "/a%27b", "/a%257Cb", "/a_b"]
