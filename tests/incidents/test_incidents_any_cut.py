"""The whole program finds the incidents of the slow model in a log, however the log is cut into pieces."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.cli import run
from tests.examples import examples

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Two hours before the clocks change in Europe, where the machine may be.
BEGIN = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
PATHS = ["/", "/a", "/b/7", "/never"]
RULES = {"/": "/", "/a": "/a", "/b/7": "/b/<int:id>", "/never": "<unmatched>"}
SITE = ("", "*")

Entry = tuple[int, str, int]

# Stretches of minutes with the same requests: (minutes, one in how many minutes has requests, which).
STRETCHES = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.integers(0, 90),
        st.integers(1, 25),
        st.sampled_from([1, 1, 2, 5]),
        st.lists(st.sampled_from([200, 302, 404, 500, 502, 503, 503]), min_size=1, max_size=4),
    ),
    max_size=9,
)


def entries_of(stretches: list[tuple[str, int, int, int, list[int]]]) -> list[Entry]:
    # Each path but one answers at first, so that it is a route in every cut.
    entries = [(0, path, 200) for path in PATHS[:-1]]
    for path, start, length, every, statuses in stretches:
        entries += [
            (minute, path, status if path != "/never" or status != 200 else 302)
            for minute in range(start, start + length, every)
            for status in statuses
        ]
    return sorted(entries, key=lambda entry: entry[0])


def lines_of(entries: list[Entry]) -> list[bytes]:
    """Write the entries as lines, each one different, so that no piece is the beginning of another."""
    return [
        f"10.0.0.1 - - [{BEGIN + timedelta(minutes=minute):%d/%b/%Y:%H:%M}:00 +0000] "
        f'"GET {path} HTTP/1.1" {status} {number}\n'.encode()
        for number, (minute, path, status) in enumerate(entries)
    ]


def expected(entries: list[Entry], naive: ModuleType) -> list[dict[str, Any]]:
    """Return the incidents of the slow model."""
    first = (BEGIN - EPOCH) // timedelta(minutes=1)
    counted: dict[tuple[str, str], dict[int, Counter[bool]]] = {SITE: {}}
    for minute, path, status in entries:
        if status >= 500 or status < 400:
            for who in (("", RULES[path]), SITE):
                counted.setdefault(who, {}).setdefault(first + minute, Counter())[
                    status >= 500
                ] += 1
    series = {
        who: {minute: (each[False], each[True]) for minute, each in minutes.items()}
        for who, minutes in counted.items()
    }
    newest = first + max(minute for minute, _, _ in entries)
    found, groups = naive.incidents(series, SITE, newest)
    incidents = []
    for group in groups:
        each = [(who, episode_from(start, found[who])) for who, start in group]
        episodes = [episode for _, episode in each]
        parts = [(who, episode) for who, episode in each if who != SITE]
        if not parts:
            (site,) = episodes
            span = range(site.start, (newest if site.recovered is None else site.last) + 1)
            parts = [
                (who, site)
                for who, minutes in series.items()
                if who != SITE and any(minutes.get(m, (0, 0))[1] for m in span)
            ]
        incidents.append(told(episodes, parts, series, newest))
    return sorted(incidents, key=lambda each: (each["start"], str(each["routes"])))


def episode_from(start: int, episodes: list[Any]) -> Any:
    """Return the episode that a minute lies in, from this minute on."""
    (found,) = (each for each in episodes if each.start <= start <= each.last)
    return found._replace(start=start)


def told(
    episodes: list[Any], parts: list[tuple[Any, Any]], series: Any, newest: int
) -> dict[str, Any]:
    routes = []
    for who, each in parts:
        end = None if each.recovered is None else each.last + 1
        span = range(each.start, newest + 1 if end is None else end)
        counts = [series[who].get(minute, (0, 0)) for minute in span]
        failures = sum(failed for _, failed in counts)
        routes.append(
            {
                "label": "",
                "rule": who[1],
                "start": written(each.start),
                "end": written(end),
                "failures": failures,
                "valid": failures + sum(good for good, _ in counts),
            }
        )
    going = any(each.recovered is None for each in episodes)
    return {
        "start": written(min(each.start for each in episodes)),
        "end": None if going else written(max(each.last for each in episodes) + 1),
        "recovered": None if going else all(each.recovered for each in episodes),
        "failures": sum(route["failures"] for route in routes),
        "routes": sorted(routes, key=lambda route: (route["start"], route["rule"])),
    }


def written(minute: int | None) -> str | None:
    if minute is None:
        return None
    return f"{EPOCH + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"


def found(pieces: list[bytes], folder: Path) -> list[dict[str, Any]]:
    """Ingest the pieces one after the other, and ask for the incidents."""
    database = ["--db", str(folder / "status.db")]
    for number, piece in enumerate(pieces):
        log = folder / f"{number}.log"
        log.write_bytes(piece)
        assert run([*database, "ingest", "-q", "--no-siblings", str(log)]) == 0
    output = TextIOWrapper(BytesIO(), "utf-8")
    with redirect_stdout(output):
        assert run([*database, "incidents", "--json", "--now", "last"]) == 0
    output.flush()
    incidents: list[dict[str, Any]] = json.loads(output.buffer.getvalue())["incidents"]
    return incidents


def without_ids(incidents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what the slow model does not have. A path that never answers may have its own row."""
    kept = ("start", "end", "recovered", "failures", "routes")
    found = [{key: each[key] for key in kept} for each in incidents]
    for each in found:
        routes = [
            {**route, "rule": RULES.get(route["rule"], route["rule"])} for route in each["routes"]
        ]
        each["routes"] = sorted(routes, key=lambda route: (route["start"], route["rule"]))
    return sorted(found, key=lambda each: (each["start"], str(each["routes"])))


@settings(max_examples=examples(8))
@given(stretches=STRETCHES, seed=st.integers(0, 2**16), cuts=st.integers(1, 5))
def test_any_cut_of_a_log_gives_the_incidents_of_the_slow_model(
    stretches: list[tuple[str, int, int, int, list[int]]], seed: int, cuts: int, naive: ModuleType
) -> None:
    entries = entries_of(stretches)
    lines = lines_of(entries)
    chance = Random(seed)
    places = sorted(chance.sample(range(len(lines) + 1), min(cuts, len(lines))))
    bounds = [0, *places, len(lines)]
    pieces = [b"".join(lines[a:b]) for a, b in pairwise(bounds) if a < b]
    chance.shuffle(pieces)
    with TemporaryDirectory() as whole, TemporaryDirectory() as cut:
        at_once = found([b"".join(lines)], Path(whole))
        assert found(pieces, Path(cut)) == at_once
    assert without_ids(at_once) == expected(entries, naive)
