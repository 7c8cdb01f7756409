"""What the tests of the media share: a summary made by hand, and gold files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.model import (
    UNMATCHED,
    AffectedRoute,
    Condition,
    Counts,
    DataSpan,
    DaySummary,
    GroupSummary,
    Headline,
    Incident,
    IncidentAnchor,
    IncidentNote,
    Maintenance,
    NoData,
    Origin,
    Policy,
    ReportDays,
    RouteSummary,
    RowState,
    StatusSummary,
    TotalSummary,
    WorstMinute,
)
from flask_status_cli.model.deploys import (
    ComparisonLimit,
    Deploy,
    DeployComparison,
    DeploySide,
    DeploySummary,
)
from flask_status_cli.model.report.problems import Hint, InTheFuture, MostlyNotFound, Problem

GOLD = Path(__file__).parent / "gold"
TODAY = date(2026, 11, 23)
UP, PARTIAL, MAJOR, NONE = (
    Condition.OPERATIONAL,
    Condition.PARTIAL_OUTAGE,
    Condition.MAJOR_OUTAGE,
    Condition.NO_DATA,
)

# A day by its letter: condition, why there is none, failures among a hundred requests.
LETTERS = {
    "o": (UP, None, 0),
    "p": (PARTIAL, None, 10),
    "m": (MAJOR, None, 80),
    ".": (NONE, NoData.NO_TRAFFIC, 0),
    "?": (NONE, NoData.NOT_READ, 0),
    " ": (NONE, NoData.BEFORE_FIRST, 0),
}
POLICY = Policy("standard", ("2xx", "3xx"), (404, "5xx"), Fraction(99, 100), Fraction(3, 10))


def availability(counts: Counts) -> str | None:
    if not counts.valid:
        return None
    if not counts.failure:
        return "100%"
    hundredths = counts.success * 10_000 // counts.valid
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def judged(counts: Counts) -> Condition:
    if not counts.valid:
        return NONE
    return UP if counts.failure * 100 <= counts.valid else PARTIAL


def days(letters: str, hundreds: int) -> tuple[DaySummary, ...]:
    """A day a letter, the last one today, each of so many hundred requests."""
    made = []
    for back, letter in zip(range(len(letters) - 1, -1, -1), letters, strict=True):
        condition, why, failing = LETTERS[letter]
        traffic = 0 if condition is NONE else hundreds
        counts = Counts((100 - failing) * traffic, failing * traffic, 3 * traffic)
        day = TODAY - timedelta(days=back)
        made.append(DaySummary(day, condition, why, counts, availability(counts)))
    return tuple(made)


@dataclass(frozen=True)
class Example:
    """Makes routes and summaries of them; whatever is not said is ordinary."""

    def route(
        self,
        rule: str,
        letters: str,
        hundreds: int = 1,
        *,
        now: Condition = UP,
        name: str = "",
        label: str = "",
    ) -> RouteSummary:
        strip = days(letters.rjust(30), hundreds)
        total = sum((day.counts for day in strip), Counts())
        return RouteSummary(
            label=label,
            rule=rule,
            name=name,
            doc="",
            origin=Origin.DISCOVERED,
            now=now,
            no_data=NoData.NO_TRAFFIC if now is NONE else None,
            condition=judged(total),
            counts=total,
            availability=availability(total),
            statuses={200: total.success, 404: total.ignored, 500: total.failure},
            days=strip,
        )

    def group(
        self,
        name: str,
        letters: str,
        *members: RouteSummary,
        now: Condition = UP,
        label: str = "",
    ) -> GroupSummary:
        """A group of some routes, its days a letter each, in requests as many as the first of them."""
        counts = sum((row.counts for row in members), Counts())
        return GroupSummary(
            label=label,
            name=name,
            now=now,
            no_data=NoData.NO_TRAFFIC if now is NONE else None,
            condition=judged(counts),
            counts=counts,
            availability=availability(counts),
            days=days(letters.rjust(30), 1),
            members=tuple(replace(row, group=name) for row in members),
        )

    def unmatched(self, ignored: int = 4213, *, now: Condition = NONE) -> RouteSummary:
        counts = Counts(ignored=ignored)
        return RouteSummary(
            label="",
            rule=UNMATCHED,
            name="",
            doc="",
            origin=Origin.DISCOVERED,
            now=now,
            no_data=NoData.NO_TRAFFIC if now is NONE else None,
            condition=NONE,
            counts=counts,
            availability=None,
            statuses={404: ignored},
            days=days("." * 30, 0),
        )

    def data(
        self,
        *,
        entries: int = 1,
        noise: int = 0,
        refused: int = 0,
        future: int = 0,
        stale: bool = False,
        problems: tuple[Problem, ...] = (),
    ) -> DataSpan:
        return DataSpan(
            first=datetime(2026, 9, 1, 0, 3, tzinfo=UTC),
            last=datetime(2026, 11, 23, 10, 4, tzinfo=UTC),
            ingested_at=datetime(2026, 11, 23, 10, 5, tzinfo=UTC),
            entries=entries,
            noise=noise,
            refused=refused,
            future=future,
            future_until=datetime(2026, 11, 23, 16, 31, tzinfo=UTC) if future else None,
            stale=stale,
            problems=problems,
        )

    def summary(
        self,
        *routes: RouteSummary,
        data: DataSpan | None = None,
        timezone: str = "Europe/Berlin",
        hints: tuple[Hint, ...] = (),
        groups: tuple[GroupSummary, ...] = (),
    ) -> StatusSummary:
        routes = tuple(row for group in groups for row in group.members) + routes
        total = sum((route.counts for route in routes), Counts())
        length = len(routes[0].days) if routes else 30
        return StatusSummary(
            generated_at=datetime(2026, 11, 23, 10, 5, 30, tzinfo=UTC),
            zone=ZoneInfo(timezone),
            timezone=timezone,
            window=ReportDays(length, TODAY - timedelta(days=length - 1), TODAY),
            policy=POLICY,
            data=data or self.data(entries=total.requests),
            total=TotalSummary(
                now=UP if total.valid else NONE,
                no_data=None if total.valid else NoData.NO_TRAFFIC,
                condition=judged(total),
                counts=total,
                availability=availability(total),
                statuses={200: total.success, 404: total.ignored, 500: total.failure},
            ),
            routes=routes,
            hints=hints,
            groups=groups,
            headline=Headline.of(RowState(row.rule, row.now) for row in routes),
        )

    def grouped(self) -> StatusSummary:
        """A shop whose routes belong to groups: of every state, with labels, hostile names, and none."""
        return self.summary(
            self.unmatched(),
            groups=(
                self.group(
                    "billing",
                    "o" * 28 + "mm",
                    self.route("/pay/<int:id>", "o" * 28 + "mm", 61, now=MAJOR, name="Pay"),
                    self.route("/pay/", "o" * 30, 4321),
                    now=MAJOR,
                ),
                self.group(
                    "",
                    "oooopo",
                    self.route("/", "oooopo", 20, now=PARTIAL, name="Index"),
                    now=PARTIAL,
                ),
                self.group(
                    "[red]a|b*c\x1b[2J`d",
                    "o" * 30,
                    self.route("/search/of/a/long/rule/that/does/not/fit/the/column", "o" * 30, 8),
                ),
                self.group(
                    "admin.日本語",
                    "." * 30,
                    self.route("/admin/", "....o...", 1, now=NONE, label="shop"),
                    self.route("/admin/log", "." * 30, 1, now=NONE, label="shop"),
                    now=NONE,
                    label="shop",
                ),
            ),
        )

    def incident(
        self,
        *rules: str,
        start: datetime = datetime(2026, 11, 22, 8, 58, tzinfo=UTC),
        minutes: int = 21,
        ongoing: bool = False,
        note: IncidentNote | None = None,
        name: str = "4f1c09aa",
        deploy: Deploy | None = None,
    ) -> Incident:
        """An incident of these routes, each with 100 of 400 requests failed."""
        end = start + timedelta(minutes=minutes)
        routes = tuple(
            AffectedRoute(
                "", rule, "", start, None if ongoing else end, 100, 400, {500: 60, 502: 40}
            )
            for rule in rules
        )
        n = len(rules)
        return Incident(
            id=name,
            aliases=(),
            start=start,
            end=None if ongoing else end,
            recovered=None if ongoing else True,
            last_failure=end - timedelta(minutes=1),
            last_request=end,
            duration_minutes=minutes,
            failures=100 * n,
            valid=400 * n,
            statuses={500: 60 * n, 502: 40 * n},
            worst=WorstMinute(start, 50, 50),
            routes=routes,
            anchor=IncidentAnchor(name, "", rules[0], int(start.timestamp()) // 60),
            note=note,
            deploy=deploy,
        )

    def deployed(self) -> StatusSummary:
        """The troubled shop, with deploys: one shortly before its incident, one of a day ago, one to come."""
        now = datetime(2026, 11, 23, 10, 5, 30, tzinfo=UTC)
        at = now.replace(hour=9, minute=56, second=0)
        deploy = Deploy(7, "v1.2", at, note="new <checkout>")
        troubled = self.troubled()
        first, *rest = troubled.incidents
        minutes = timedelta(minutes=10)
        near = DeployComparison(
            10,
            ComparisonLimit.SO_FAR,
            DeploySide(at - minutes, at, Counts(999, 1), "99.90%", 1),
            DeploySide(at, at + minutes, Counts(700, 200), "77.77%", 200),
        )
        before, day = at - timedelta(days=1), timedelta(days=1)
        long_ago = DeployComparison(
            1440,
            ComparisonLimit.DAY,
            DeploySide(before - day, before, Counts(), None, 0),
            DeploySide(before, before + day, Counts(50_000, 4), "99.99%", 0),
        )
        return replace(
            troubled,
            incidents=(replace(first, deploy=deploy), *rest),
            deploys=(
                DeploySummary(Deploy(9, "v2.0", now + timedelta(hours=3), "shop"), True, None),
                DeploySummary(deploy, False, near, (first.id,)),
                DeploySummary(Deploy(4, "v1.1-3-gdeadbee", before), False, long_ago),
            ),
        )

    def troubled(self) -> StatusSummary:
        """The shop, with an incident that goes on, one that is over, and maintenance."""
        now = datetime(2026, 11, 23, 10, 5, 30, tzinfo=UTC)
        return replace(
            self.shop(),
            incidents=(
                self.incident(
                    "/checkout/<int:id>/pay",
                    "/api/v2/search",
                    start=now.replace(hour=9, minute=58, second=0),
                    minutes=7,
                    ongoing=True,
                    name="9b2d77e0",
                ),
                self.incident(
                    "/",
                    note=IncidentNote("Certificate expired", cause="The renewal was off <again>"),
                ),
            ),
            maintenance=(
                Maintenance(
                    1, now - timedelta(hours=1), now + timedelta(hours=1), ("/cart",), "Move"
                ),
                Maintenance(2, now + timedelta(days=1), now + timedelta(days=2)),
                Maintenance(3, now - timedelta(days=2), now - timedelta(days=1), (), "Long ago"),
            ),
        )

    def shop(self) -> StatusSummary:
        """A shop on a bad day: every state, every reason, names, labels, long and wide rules."""
        busy = "oooooooooooooooooooooooooopooo"
        return self.summary(
            self.route(
                "/checkout/<int:id>/pay",
                "ooopoooooo" * 2 + "oooooooomm",
                61,
                now=MAJOR,
                name="Pay for an order",
            ),
            self.route("/api/v2/search", "oooopoooooooooo" * 2, 4321, now=PARTIAL),
            self.route("/", busy, 20_871, now=PARTIAL, name="Index"),
            self.route("/api/v1/products/<int:id>/reviews", "o" * 30, 8437),
            self.route(
                "/users/<int:id>/orders/<uuid:id2>", "oo..ooo" * 3, 7, name="An order of a user"
            ),
            self.route("/reports/2026/summary-of-the-financial-year/download.html", "o." * 15, 1),
            self.route("/login", "o" * 19 + "???????" + "oooo", 133, name="Log in"),
            self.route("/cart", "o" * 30, 250, label="shop"),
            self.route("/日本語/商品/<int:id>", busy, 12),
            self.route("/admin/", "....o...", 1, now=NONE),
            self.unmatched(),
            data=self.data(
                entries=104_871_333,
                noise=1204,
                refused=3,
                future=12,
                problems=(InTheFuture(12, datetime(2026, 11, 23, 16, 31, tzinfo=UTC)),),
            ),
            hints=(MostlyNotFound(92),),
        )


@pytest.fixture(scope="session")
def example() -> Example:
    return Example()


@pytest.fixture
def gold() -> Callable[[str, str], None]:
    """Compares a text with the gold file of that name; see gold/README.md on accepting a change."""

    def compare(name: str, text: str) -> None:
        path = GOLD / name
        if os.environ.get("ACCEPT_GOLD") == "1":
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode()

    return compare
