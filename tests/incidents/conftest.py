"""A source of judged minutes in memory. Before minutes are read, it knows no more than a database does."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from flask_status_cli.incidents import (
    SITE,
    JudgedMinute,
    PartlyReadMinute,
    RouteOrSite,
    SignsOfWork,
)

Series = Mapping[int, tuple[int, int]]


class MemorySource:
    """Minutes of several routes, and their sum as the site unless one is given.

    With `vague` no success is known before it is read, and none in between. `signs` has the signs of work of
    routes by minute: (absent, others).
    """

    def __init__(
        self,
        series: Mapping[RouteOrSite, Series],
        *,
        newest: int | None = None,
        until: int | None = None,
        vague: bool = False,
        signs: Mapping[RouteOrSite, Series] | None = None,
    ) -> None:
        minutes = [minute for each in series.values() for minute in each]
        self._newest = max(minutes, default=0) if newest is None else newest
        self._until = self._newest if until is None else until
        self.series = {SITE: added_up(series.values()), **series}
        self.vague = vague
        self.given_signs = signs or {}
        self.read = 0

    @property
    def newest(self) -> int:
        return self._newest

    @property
    def until(self) -> int:
        return self._until

    def each(self, minute: int) -> Mapping[RouteOrSite, tuple[int, int]]:
        return {
            who: series[minute]
            for who, series in self.series.items()
            if who != SITE and minute in series
        }

    def quarters(self, who: RouteOrSite, quarters: Sequence[int]) -> Iterable[tuple[int, int]]:
        series = self.series[who]
        for quarter in quarters:
            both = [series.get(minute, (0, 0)) for minute in range(quarter * 15, quarter * 15 + 15)]
            yield sum(good for good, _ in both), sum(bad for _, bad in both)

    def everyone(self) -> Collection[RouteOrSite]:
        return [who for who, series in self.series.items() if any(f for _, f in series.values())]

    def known(self, who: RouteOrSite) -> Sequence[PartlyReadMinute]:
        return [
            PartlyReadMinute(minute, failure, 0 if self.vague else success)
            for minute, (success, failure) in sorted(self.series[who].items())
            if failure and minute <= self.newest
        ]

    def exact(self, who: RouteOrSite) -> bool:
        return not self.vague

    def at(self, who: RouteOrSite, minutes: Iterable[int]) -> Sequence[JudgedMinute]:
        series = self.series[who]
        wanted = [minute for minute in sorted(minutes) if minute in series]
        self.read += len(wanted)
        return [
            JudgedMinute(minute, success, failure, {503: failure} if failure else {})
            for minute in wanted
            for success, failure in (series[minute],)
        ]

    def signs(self, who: RouteOrSite, minutes: Sequence[int]) -> Sequence[SignsOfWork]:
        mine = self.given_signs.get(who, {})
        return [SignsOfWork(minute, *mine[minute]) for minute in minutes if minute in mine]

    def answered(self, who: RouteOrSite, start: int, end: int) -> bool:
        if self.vague:
            return False
        return any(self.series[who].get(minute, (0, 0))[0] for minute in range(start, end))


def added_up(series: Iterable[Series]) -> dict[int, tuple[int, int]]:
    total: dict[int, tuple[int, int]] = {}
    for each in series:
        for minute, (success, failure) in each.items():
            before = total.get(minute, (0, 0))
            total[minute] = (before[0] + success, before[1] + failure)
    return total


@pytest.fixture(scope="session")
def new_source() -> Callable[..., MemorySource]:
    """A function that makes a source, for properties that need one for each example."""
    return MemorySource


@pytest.fixture(scope="session")
def naive() -> ModuleType:
    """The slow model of incidents."""
    path = Path(__file__).with_name("naive.py")
    spec = importlib.util.spec_from_file_location("naive", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
