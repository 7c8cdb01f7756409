"""Makes the files of the status site from the database and the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_status_cli.frozen import frozen
from flask_status_cli.model import GroupBy, LifetimeCount
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.report import ReportOptions, summarize
from flask_status_cli.store import Ledger
from flask_status_cli.summary import RouteSelection

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask_status_cli.model import StatusSummary
    from flask_status_cli.model.settings import Settings
    from flask_status_cli.render.html import PageOptions

METRICS = "metrics"
"""The name of the file with the metrics for Prometheus."""

WAIT = 1.0
"""A visitor of the page waits this many seconds while another program locks the database."""

HEALTH = "healthz"
"""The name of the file that says `ok`, or why the data are not up to date."""


@frozen
class LiveSite:
    """The files of a live site, by name. `problem` says why the data are not up to date, if they are not."""

    files: Mapping[str, bytes]
    problem: str | None


def report_options(known: Settings, database: Database, zone: ZoneInfo) -> ReportOptions:
    """Return the options of the report on the page, from the settings."""
    return ReportOptions(
        database=database,
        zone=zone,
        days=known.days,
        policy=known.policy,
        only=known.only,
        exclude=known.exclude,
        details=True,
        stale_after=known.stale_after,
        groups=GroupBy(known.groups),
        rows=known.rows,
        keep=known.keep,
        wait=WAIT,
    )


def page_options(known: Settings) -> PageOptions:
    """Return the options of how the page looks, from the settings. Raises `OptionError`."""
    from flask_status_cli.render.html import PageOptions, accent, logo

    page = known.page
    return PageOptions(
        title=known.title,
        logo=logo(page.logo) if page.logo else "",
        accent=accent(page.accent) if page.accent else None,
        footer=page.footer,
        links=page.links,
        robots=page.robots,
        url=page.url or "",
        stale_after=int(known.stale_after.total_seconds() // 60),
    )


def live_site(options: ReportOptions, page: PageOptions, *, lang: str, clock: Clock) -> LiveSite:
    """Return the files of `report --site`, and also the files `metrics` and `healthz`.

    Raises `DatabaseError`.
    """
    from flask_status_cli.render.prometheus import render
    from flask_status_cli.render.site import files
    from flask_status_cli.render.text.headline import headline
    from flask_status_cli.render.text.words import ENGLISH, Words

    summary = summarize(options, clock=clock)
    counted = lifetime_counts(options)
    data = summary.data
    problem = headline(summary, ENGLISH) if data.stale or data.not_understood else None
    made = {
        **files(summary, Words.of(lang), page, url=page.url),
        METRICS: render(summary, counted).encode(),
        HEALTH: f"{problem or 'ok'}\n".encode(),
    }
    return LiveSite(made, problem)


def lifetime_counts(options: ReportOptions) -> tuple[LifetimeCount, ...]:
    """Return the number of requests ever counted for each route shown, and for the whole site.

    These numbers never decrease, even after pruning. Raises `DatabaseError`.
    """
    selection = RouteSelection(options.only, options.exclude)

    def work(ledger: Ledger) -> tuple[LifetimeCount, ...]:
        shown = {
            (route.label, route.rule)
            for route in ledger.routes().values()
            if selection.shows(route)
        }
        return tuple(
            each
            for each in ledger.lifetime()
            if each.rule is None or (each.label, each.rule) in shown
        )

    return Ledger.read(options.database, work, busy_timeout=options.wait)


def prometheus(summary: StatusSummary, options: ReportOptions) -> str:
    """Return a report as metrics for Prometheus. Raises `DatabaseError`."""
    from flask_status_cli.render.prometheus import render

    return render(summary, lifetime_counts(options))
