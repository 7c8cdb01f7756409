"""Keeps the live site in memory. It is made again when the database changes, or a new minute begins."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_status_cli.errors import FlaskStatusError, ServerAwayError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import minute_of
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.times import Clock
from flask_status_cli.web.files import SiteFile

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask_status_cli.model.settings import Settings

AT_MOST_EVERY = 2.0
"""The site is kept for at least this many seconds, because a followed log changes the database often."""

SHARE = 10
"""If making the site takes n seconds, it is kept for at least this many times n, to limit the load."""

STILL_GOOD = timedelta(minutes=1)
"""A site of at most this age is sent to other clients while it is made again, and to all clients while a
database server restarts.
"""


@frozen
class LiveOptions:
    """The options of the live site.

    - `database`, `settings`, `zone`: those of the report on the page.
    - `clock()`: returns the present instant.
    - `failed(error)`: is called each time the site cannot be made.
    - `private`: whether access is restricted, so that no proxy may store the site.
    - `before()`: is called before the site is made.
    - `warn(line)`: is called with warnings of the API.
    """

    database: Database
    settings: Settings
    zone: ZoneInfo
    clock: Clock
    failed: Callable[[FlaskStatusError], None]
    private: bool = False
    before: Callable[[], None] = lambda: None
    warn: Callable[[str], None] = lambda _: None


@frozen
class MadeSite:
    """The site as it was made. `SiteCache` makes it.

    - `files`: the files by name.
    - `problem`: why the data are not up to date, `None` if they are.
    - `state`: the state of the database when the site was made.
    - `at`: when the site was made.
    - `keep_until`: when it may be made again, by `time.monotonic()`.
    - `failed`: whether the site could not be made, so that there are no files.
    """

    files: Mapping[str, SiteFile]
    problem: str | None
    state: object
    at: datetime
    keep_until: float
    failed: bool = False


class SiteCache:
    """Makes the site when it is needed, and keeps it. It may be used from many threads.

    Raises `OptionError` if the logo cannot be used.
    """

    def __init__(self, options: LiveOptions) -> None:
        from flask_status_cli.pipeline.site import page_options, report_options

        self._options = options
        self._report = report_options(options.settings, options.database, options.zone)
        self._page = page_options(options.settings)
        self._made: MadeSite | None = None
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Make the site again at the next request, for example after a change by the API."""
        self._made = None

    def current(self) -> MadeSite:
        """Return the present site. Make it again if it is out of date."""
        made = self._made
        if made is not None and self._fresh(made):
            return made
        good = made is not None and self._good(made)
        if not self._lock.acquire(blocking=not good):
            assert made is not None  # noqa: S101 - without one, the lock is waited for
            return made
        try:
            made = self._made
            if made is None or not self._fresh(made):
                made = self._made = self._make_again()
            return made
        finally:
            self._lock.release()

    def _fresh(self, made: MadeSite) -> bool:
        if time.monotonic() < made.keep_until:
            return True
        if made.failed:  # the state of a database server does not show that it is back
            return False
        return (
            minute_of(self._options.clock()) == minute_of(made.at) and self._state() == made.state
        )

    def _good(self, made: MadeSite) -> bool:
        return not made.failed and self._options.clock() - made.at < STILL_GOOD

    def _make_again(self) -> MadeSite:
        from flask_status_cli.pipeline import site

        options = self._options
        at, began = options.clock().replace(microsecond=0), time.monotonic()
        try:
            options.before()
            state = self._state()
            made = site.live_site(
                self._report, self._page, lang=options.settings.page.lang, clock=options.clock
            )
        except FlaskStatusError as error:
            options.failed(error)
            last = self._made
            if isinstance(error, ServerAwayError) and last is not None and self._good(last):
                return replace(last, keep_until=_until(began))
            return replace(nothing_made(at), state=self._state(), keep_until=_until(began))
        robots = options.settings.page.robots
        files = {
            name: SiteFile(name, data, made=at, robots=robots, private=options.private)
            for name, data in made.files.items()
        }
        return MadeSite(files, made.problem, state, at, _until(began))

    def _state(self) -> object:
        from flask_status_cli.pipeline.report import state_of

        return state_of(self._options.database)


def nothing_made(at: datetime) -> MadeSite:
    """Return the site without files, for when it cannot be made."""
    return MadeSite({}, "no database", None, at, 0.0, failed=True)


def _until(began: float) -> float:
    now = time.monotonic()
    return now + max(AT_MOST_EVERY, (now - began) * SHARE)
