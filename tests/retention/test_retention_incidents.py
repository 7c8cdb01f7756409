"""Whatever is pruned, the incidents stay as they were, and none is found that was not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples

# Stretches of minutes that are alike: how many, every how many of them holds requests, which requests.
COUNTS = st.sampled_from(
    [(0, 1), (0, 2), (0, 6), (1, 0), (1, 1), (4, 1), (9, 0), (9, 2), (30, 1), (30, 6)]
)
STRETCHES = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from([1, 1, 2, 3, 7]), COUNTS)
    | st.tuples(st.sampled_from([60, 200, 1439, 1441]), st.sampled_from([7, 40]), COUNTS),
    min_size=1,
    max_size=8,
)

Cells = dict[tuple[int, str, int], int]


def cells(routes: dict[str, list[tuple[int, int, tuple[int, int]]]], begin: int) -> Cells:
    found: Cells = {}
    for rule, stretches in routes.items():
        start = begin
        found[start, rule, 200] = 1
        for length, every, (good, bad) in stretches:
            for minute in range(start + every - 1, start + length, every):
                found |= {(minute, rule, 200): good} if good else {}
                found |= {(minute, rule, 503): bad} if bad else {}
            start += length
    return found


@settings(max_examples=examples(10))
@given(
    routes=st.dictionaries(st.sampled_from(["/", "/a", "/b"]), STRETCHES, min_size=1),
    horizons=st.lists(st.integers(0, 2500), min_size=1, max_size=3),
)
def test_incidents_are_the_same_before_and_after(
    routes: dict[str, list[tuple[int, int, tuple[int, int]]]],
    horizons: list[int],
    new_kept: Callable[[Path], Any],
) -> None:
    begin = 15 * 2_000_000
    with TemporaryDirectory() as folder:
        kept = new_kept(Path(folder) / "status.db")
        added = cells(routes, begin)
        kept.add(added)
        newest = max(minute for minute, _, _ in added)
        days, incidents = kept.counted("day"), kept.incidents()
        for horizon in sorted(horizons):
            # The horizon counts back from the newest entry, and by then what was open has been closed.
            kept.prune(min(begin + horizon, newest - 1500))
            assert kept.incidents() == incidents
        assert kept.counted("day") == days


def test_a_partial_outage_of_the_site_stays_one_incident(kept: Any) -> None:
    begin = 15 * 2_000_000
    half = [(30, 1, (9, 0)), (60, 1, (2, 2)), (1500, 1, (9, 0))]
    late = [(48, 48, (1, 0)), (20, 20, (1, 0)), (3, 1, (0, 1)), (1500, 10, (9, 0))]
    kept.add(cells({"/": half, "/a": half, "/b": half, "/late": late}, begin))
    (incident,) = before = kept.incidents()
    # 60 minutes with 2 failures each, and the late route 38 minutes after the others.
    assert [(route.rule, route.failures) for route in incident.routes] == [
        ("/", 120),
        ("/a", 120),
        ("/b", 120),
        ("/late", 3),
    ]
    for horizon in (150, 1500):
        kept.prune(begin + horizon)
        assert kept.incidents() == before
    assert begin not in kept.minutes()
