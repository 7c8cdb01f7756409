"""Outages and noise with random traffic, a few of them; `python -m benchmarks.outages` plays many."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.append(str(Path(__file__).parents[2]))  # the benchmarks are not installed

from benchmarks.outages import DAY, FIRST, OUTAGES, Site, Traffic, incidents, opened


@pytest.mark.parametrize(("rate", "share"), [(1, 0.05), (3, 0.03), (10, 0.01)])
def test_noise_makes_no_incident(rate: float, share: float) -> None:
    series = Site(1, rate, share).play(12, Random(f"noise {rate}"))
    assert incidents(Traffic(series, FIRST + 12 * DAY)) == ()


@pytest.mark.parametrize(
    ("kind", "routes", "rate"),
    [
        ("total, 1 h", 20, 4),
        ("total, 6 h", 150, 20),
        ("half of the requests, 3 h", 20, 4),
        ("half of the requests, 3 h", 150, 20),
        ("8 min of each 20, 3 h", 20, 20),
        ("three groups, 20 min each", 20, 20),
    ],
)
def test_an_outage_is_one_incident_and_each_group_has_its_own(
    kind: str, routes: int, rate: float
) -> None:
    outages, wanted = OUTAGES[kind]
    series = Site(routes, rate, 0.002, outages).play(1.6, Random(kind))
    assert len(incidents(Traffic(series, FIRST + int(1.6 * DAY)))) == wanted


def test_a_total_outage_of_a_quiet_site_is_one_incident() -> None:
    outages, _ = OUTAGES["total, 1 h"]
    series = Site(40, 3, 0.0, outages).play(1.1, Random("quiet"))
    assert opened(series, DAY, DAY + 75) == 1
