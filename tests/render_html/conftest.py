"""What the tests of the page share: summaries to render, and a reader that knows well-formed HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.model import (
    UNMATCHED,
    AffectedRoute,
    Condition,
    Counts,
    DataSpan,
    DayDetail,
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
    RouteDetail,
    RouteSummary,
    RowState,
    SpanSummary,
    StatusSummary,
    StretchSummary,
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
from flask_status_cli.model.report.problems import NotUnderstood, Problem

NOW = datetime(2026, 11, 23, 14, 6, tzinfo=UTC)
LAST_DAY = date(2026, 11, 23)

UP, PARTIAL, MAJOR, SILENT = (
    Condition.OPERATIONAL,
    Condition.PARTIAL_OUTAGE,
    Condition.MAJOR_OUTAGE,
    Condition.NO_DATA,
)

# What a day of each condition holds, and its availability.
DAYS = {
    UP: (Counts(success=1990, failure=0, ignored=7), "100%"),
    PARTIAL: (Counts(success=1500, failure=500, ignored=1), "75.00%"),
    MAJOR: (Counts(success=3, failure=97, ignored=0), "3.00%"),
    SILENT: (Counts(), None),
}
LETTERS = {"o": UP, "p": PARTIAL, "m": MAJOR, "n": SILENT}

Routes = Sequence[RouteSummary]


def days(letters: str) -> tuple[DaySummary, ...]:
    """One day a letter, oldest first, the last one `LAST_DAY`."""
    first = LAST_DAY - timedelta(days=len(letters) - 1)
    made = []
    for number, letter in enumerate(letters):
        condition = LETTERS[letter]
        counts, availability = DAYS[condition]
        why = NoData.NO_TRAFFIC if condition is SILENT else None
        day = first + timedelta(days=number)
        made.append(DaySummary(day, condition, why, counts, availability))
    return tuple(made)


def route(
    rule: str, letters: str = "o" * 30, *, now: Condition = UP, **fields: object
) -> RouteSummary:
    """A route with these days; any other field can be given outright."""
    made = days(letters)
    counts = sum((day.counts for day in made), Counts())
    plain = RouteSummary(
        label="",
        rule=rule,
        name="",
        doc="",
        origin=Origin.DISCOVERED,
        now=now,
        no_data=NoData.NO_TRAFFIC if now is SILENT else None,
        condition=max((day.condition for day in made), key=list(LETTERS.values()).index),
        counts=counts,
        availability="98.76%" if counts.valid else None,
        statuses={200: counts.success, 500: counts.failure} if counts.requests else {},
        days=made,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # names of fields, given by a test


def detail(route: RouteSummary) -> RouteDetail:
    """The close look at a route: on each bad day all requests came in the hour from ten o'clock."""
    midnight = datetime(1, 1, 1, tzinfo=UTC).time()
    told = []
    for day in reversed(route.days):
        if day.counts.failure:
            begin = datetime.combine(day.date, midnight, UTC)
            hours = [
                StretchSummary(
                    start=begin + timedelta(hours=hour),
                    end=begin + timedelta(hours=hour + 1),
                    condition=day.condition if hour == 10 else SILENT,
                    no_data=None if hour == 10 else NoData.NO_TRAFFIC,
                    counts=day.counts if hour == 10 else Counts(),
                    availability=day.availability if hour == 10 else None,
                )
                for hour in range(24)
            ]
            told.append(DayDetail(day.date, tuple(hours)))
    spans = [
        SpanSummary(days, state, Counts(99, 1), availability)
        for days, state, availability in (
            (1, UP, "100%"),
            (7, PARTIAL, "98.11%"),
            (30, PARTIAL, "97.22%"),
            (90, MAJOR, "12.33%"),
        )
    ]
    return RouteDetail(
        route.label, route.rule, tuple(spans), route.statuses, tuple(told), minutes=()
    )


def incident(
    number: str,
    start: datetime,
    end: datetime | None,
    routes: Sequence[RouteSummary],
    **fields: object,
) -> Incident:
    """An incident in which 9 of 10 requests of each route failed."""
    parts = tuple(
        AffectedRoute(each.label, each.rule, each.name, start, end, 9, 10, {500: 8, 502: 1})
        for each in routes
    )
    plain = Incident(
        id=number,
        aliases=(),
        start=start,
        end=end,
        recovered=None if end is None else True,
        last_failure=start,
        last_request=start,
        duration_minutes=((end or NOW) - start) // timedelta(minutes=1),
        failures=9 * len(parts),
        valid=10 * len(parts),
        statuses={500: 8 * len(parts), 502: len(parts)},
        worst=WorstMinute(start, 9, 10),
        routes=parts,
        anchor=IncidentAnchor(number, "", routes[0].rule, 1),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # names of fields, given by a test


def minutes(start: datetime, letters: str) -> tuple[StretchSummary, ...]:
    """A minute a letter; of a blank nothing is known."""
    made = []
    for place, letter in enumerate(letters):
        begin = start + timedelta(minutes=place)
        if letter != " ":
            counts, availability = DAYS[LETTERS[letter]]
            end = begin + timedelta(minutes=1)
            state = LETTERS[letter]
            made.append(StretchSummary(begin, end, state, None, counts, availability))
    return tuple(made)


def troubled() -> StatusSummary:
    """A shop with an outage that goes on, two that are over, and one that was none; and maintenance."""
    made = mixed()
    checkout, search, *_ = made.routes
    at = NOW - timedelta(hours=3)
    day = timedelta(days=1)
    note = IncidentNote("Cable cut", "A digger.", "We now have\ntwo cables.")
    incidents = (
        incident("0000000a", at, None, [checkout]),
        incident(
            "0000000b", at - day, at - day + timedelta(minutes=47), [checkout, search], note=note
        ),
        incident("0000000c", at - day * 2, at - day, [search], recovered=False),
        incident(
            "0000000d", at - day * 3, at - day * 2, [search], note=IncidentNote(false_alarm=True)
        ),
    )
    told = tuple(
        replace(each, minutes=minutes(at, "mmp o")) if each.rule == checkout.rule else each
        for each in made.details
    )
    planned = (
        Maintenance(1, at - day, at - day + timedelta(hours=1)),
        Maintenance(2, at + day, at + day * 2, ("/shop/*", "/cart"), "A new database."),
    )
    return replace(made, incidents=incidents, details=told, maintenance=planned)


def deploys(n: int, *, number: int | None = None, **fields: Any) -> tuple[DeploySummary, ...]:
    """So many deploys, nine hours apart, the latest an hour ago; the latest ten are compared."""
    made = []
    for ago in range(n):
        at = NOW - timedelta(hours=9 * ago + 1)
        side = DeploySide(at, at, Counts(19_999, 7), "99.96%", 7)
        both = DeployComparison(540, ComparisonLimit.NEXT_DEPLOY, side, side) if ago < 10 else None
        texts = {"version": f"v1.{n - ago}-7-gdeadbee", "note": "A note on it", **fields}
        place = n - ago if number is None else number
        made.append(DeploySummary(Deploy(place, at=at, **texts), False, both))
    return tuple(made)


def deployed() -> StatusSummary:
    """The troubled shop with deploys: before its incident, in it, of another app, long ago, and to come."""
    made = troubled()
    ongoing, *rest = made.incidents
    at = ongoing.start
    before = Deploy(3, "v1.2", at - timedelta(minutes=2), note="A new checkout")
    side = DeploySide(at, at, Counts(98, 2), "98.00%", 1)
    worse = DeploySide(at, at, Counts(1, 3000), "0.03%", 3000)
    both = DeployComparison(64, ComparisonLimit.NEXT_DEPLOY, side, worse)
    found = (
        DeploySummary(Deploy(5, "v2.0", NOW + timedelta(hours=2)), True, None),
        DeploySummary(Deploy(4, "v1.2.1", at + timedelta(minutes=3)), False, None),
        DeploySummary(before, False, both, (ongoing.id,)),
        DeploySummary(Deploy(2, "search-7", NOW - timedelta(days=2), "shop"), False, None),
        DeploySummary(Deploy(1, "v1.1", NOW - timedelta(days=2, hours=5)), False, None),
    )
    return replace(made, incidents=(replace(ongoing, deploy=before), *rest), deploys=found)


def summary(
    routes: Routes,
    *,
    zone: str = "UTC",
    stale: bool = False,
    problems: tuple[Problem, ...] = (),
    policy: Policy | None = None,
) -> StatusSummary:
    """A summary of these routes, which keep their order, with the details that a page shows."""
    counts = sum((each.counts for each in routes), Counts())
    length = max((len(each.days) for each in routes), default=30)
    return StatusSummary(
        generated_at=NOW,
        zone=ZoneInfo(zone),
        timezone=zone,
        window=ReportDays(length, LAST_DAY - timedelta(days=length - 1), LAST_DAY),
        policy=policy
        or Policy("standard", ("2xx", "3xx"), (404, "5xx"), Fraction(99, 100), Fraction(3, 10)),
        data=DataSpan(
            first=NOW - timedelta(days=41),
            last=NOW - timedelta(minutes=2),
            ingested_at=NOW - timedelta(minutes=1),
            entries=counts.requests,
            noise=3,
            refused=1204,
            future=0,
            future_until=None,
            stale=stale,
            problems=problems,
        ),
        total=TotalSummary(
            now=UP,
            no_data=None,
            condition=PARTIAL,
            counts=counts,
            availability="97.53%" if counts.valid else None,
            statuses={200: counts.success, 500: counts.failure} if counts.requests else {},
        ),
        routes=tuple(routes),
        details=tuple(detail(each) for each in routes if each.counts.failure),
        headline=Headline.of(RowState(each.rule, each.now) for each in routes),
    )


def mixed() -> StatusSummary:
    """Every part of the page at once."""
    checkout = "Checkout. Takes the money,\n   sends the mail."
    return summary(
        [
            route("/checkout", "oompp" * 6, now=MAJOR, name="Checkout", doc=checkout),
            route("/search", "o" * 28 + "pp", now=PARTIAL, label="shop"),
            route("/", name="Index"),
            route("/report/<date>", "n" * 29 + "o", now=SILENT),
            route(UNMATCHED, "opopo" * 6, now=PARTIAL),
        ],
        problems=(NotUnderstood(1204, 98_000),),
    )


def many(number: int) -> StatusSummary:
    """As many routes, as varied as a real site's: two names of three, a bad day here, a silent one there."""
    shapes = ("o" * 30, "oooooooopoooooooooooomoooooooo", "noonoooooonnooooponoooooooonoo")
    routes = [
        route(
            f"/area{i % 17}/thing{i}/<int:id>",
            shapes[i % 3],
            now=(MAJOR, PARTIAL, UP)[min(i, 2)],
            name=f"Thing {i}" if i % 3 else "",
        )
        for i in range(number)
    ]
    return summary([*routes, route(UNMATCHED)])


def grouped() -> StatusSummary:
    """Two groups, and one route that is in none."""
    routes = [
        route("/shop/pay", "o" * 29 + "m", now=MAJOR, group="/shop"),
        route("/shop/cart", group="/shop"),
        route("/blog", group=""),
        route(UNMATCHED),
    ]
    made = summary(routes)
    groups = tuple(
        GroupSummary(
            label="",
            name=name,
            now=members[0].now,
            no_data=None,
            condition=members[0].condition,
            counts=sum((each.counts for each in members), Counts()),
            availability="99.12%",
            days=members[0].days,
            members=tuple(members),
        )
        for name, members in (("/shop", routes[:2]), ("", routes[2:3]))
    )
    return replace(made, groups=groups)


STATES: dict[str, Callable[[], StatusSummary]] = {
    "mixed": mixed,
    "healthy": lambda: summary([route("/"), route("/login"), route(UNMATCHED)]),
    "all down": lambda: summary(
        [route("/", "m" * 30, now=MAJOR), route("/a", "m" * 30, now=MAJOR)]
    ),
    "one route": lambda: summary([route("/")]),
    "no routes": lambda: summary([]),
    "only unmatched": lambda: summary([route(UNMATCHED, now=MAJOR)]),
    "log not read": lambda: summary(
        [route("/", now=SILENT, no_data=NoData.NOT_READ), route("/a", now=SILENT)], stale=True
    ),
    "today only": lambda: summary([route("/", "p", now=PARTIAL)]),
    "90 days": lambda: summary([route("/", "oop" * 30)]),
    "400 days": lambda: summary([route("/", "on" * 200)]),
    "ancestors' thresholds": lambda: summary(
        [route("/")], policy=Policy("own", ("2xx", 401), ("5xx",), Fraction(1), Fraction(1, 8))
    ),
    "half-hour zone": lambda: summary([route("/")], zone="Asia/Kolkata"),
    "250 routes": lambda: many(250),
    "incidents": troubled,
    "groups": grouped,
    "deploys": deployed,
}


@dataclass
class Element:
    """An element of a page that was read."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(
            child if isinstance(child, str) else child.text for child in self.children
        ).strip()

    def all(self, tag: str = "", css: str = "") -> list[Element]:
        """Every element below with this tag and this class."""
        return [
            each
            for each in self.walk()
            if tag in {"", each.tag}
            and (not css or css in each.attributes.get("class", "").split())
        ]

    def one(self, tag: str = "", css: str = "") -> Element:
        (found,) = self.all(tag, css)
        return found

    def walk(self) -> Iterator[Element]:
        open_ = [iter(self.children)]
        while open_:
            child = next(open_[-1], None)
            if child is None:
                open_.pop()
            elif isinstance(child, Element):
                yield child
                open_.append(iter(child.children))


class Reader(HTMLParser):
    """Reads a page, and complains where a browser would have to guess."""

    VOID = frozenset({"meta", "link", "input", "img", "wbr"})
    BOOLEAN = frozenset({"hidden"})

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.complaints: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        bare = {name for name, value in attrs if value is None}
        if len(dict(attrs)) < len(attrs) or bare - self.BOOLEAN:
            self.complaints.append(f"attributes of <{tag}>: {attrs}")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            self.complaints.append(f"</{tag}> closes <{self.open[-1].tag}>")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.complaints.append(f"comment {data!r}")

    def handle_pi(self, data: str) -> None:
        self.complaints.append(f"processing instruction {data!r}")

    def unknown_decl(self, data: str) -> None:
        self.complaints.append(f"declaration {data!r}")


def read(page: str) -> tuple[Element, list[str]]:
    """The page as a tree, and what is wrong with its syntax."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    if len(reader.open) > 1:
        reader.complaints.append(f"<{reader.open[-1].tag}> stays open")
    return reader.root, reader.complaints


@dataclass(frozen=True)
class Kit:
    """The functions above, for tests, which cannot import this file."""

    route: Callable[..., RouteSummary] = route
    summary: Callable[..., StatusSummary] = summary
    mixed: Callable[[], StatusSummary] = mixed
    many: Callable[[int], StatusSummary] = many
    troubled: Callable[[], StatusSummary] = troubled
    deployed: Callable[[], StatusSummary] = deployed
    deploys: Callable[..., tuple[DeploySummary, ...]] = deploys
    incident: Callable[..., Incident] = incident
    days: Callable[[str], tuple[DaySummary, ...]] = days
    minutes: Callable[[datetime, str], tuple[StretchSummary, ...]] = minutes
    read: Callable[[str], tuple[Element, list[str]]] = read
    states: Mapping[str, Callable[[], StatusSummary]] = field(default_factory=lambda: STATES)


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()


@cache
def _made(name: str) -> StatusSummary:
    return STATES[name]()


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest) -> StatusSummary:
    """A summary of each kind. Each is made once."""
    return _made(request.param)
