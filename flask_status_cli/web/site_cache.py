"""The live site in memory, made again when the database or the minute has changed, once for all threads."""

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
"""The site is made again at most every this many seconds, because a followed log changes the database often.
"""

SHARE = 10
"""If making the site takes n seconds, it is kept for this many times n, to limit the load."""

STILL_GOOD = timedelta(minutes=1)
"""While the site is made again, others get the last one if it is not older than this. So does everybody while
a database server restarts."""


@frozen
class LiveOptions:
    """What the live site is made from, and how.

    - `database`, `settings`, `zone`: as for a report.
    - `clock`: returns the present instant.
    - `failed`: called with the error if the site cannot be made, each time.
    - `private`: access is checked, so no proxy may store the site.
    - `before`: called before the site is made.
    - `warn`: called with what else the owner should know.
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
class Made:
    """The result of making the site: its files, or why there are none.

    `problem` says why the data are not up to date. `state` and `minute` are those when it was made. It is not
    made again before `keep_until`, in the time of a clock that only goes forward.
    """

    files: Mapping[str, SiteFile]
    problem: str | None
    state: object
    at: datetime
    keep_until: float
    failed: bool = False


class SiteCache:
    """Returns the files of the site. It may be called from many threads.

    Raises `OptionError` if the logo cannot be used.
    """

    def __init__(self, options: LiveOptions) -> None:
        from flask_status_cli.pipeline.site import page_options, report_options

        self._options = options
        self._report = report_options(options.settings, options.database, options.zone)
        self._page = page_options(options.settings)
        self._made: Made | None = None
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Make the site again at the next request, because something was changed by hand."""
        self._made = None

    def current(self) -> Made:
        """Return the present site."""
        made = self._made
        if made is not None and self._fresh(made):
            return made
        good = made is not None and self._good(made)
        if not self._lock.acquire(blocking=not good):
            assert made is not None  # noqa: S101 - or it would have been waited for
            return made
        try:
            made = self._made
            if made is None or not self._fresh(made):
                made = self._made = self._anew()
            return made
        finally:
            self._lock.release()

    def _fresh(self, made: Made) -> bool:
        if time.monotonic() < made.keep_until:
            return True
        if made.failed:  # a server that is back has no state that would tell
            return False
        return (
            minute_of(self._options.clock()) == minute_of(made.at) and self._state() == made.state
        )

    def _good(self, made: Made) -> bool:
        return not made.failed and self._options.clock() - made.at < STILL_GOOD

    def _anew(self) -> Made:
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
        return Made(files, made.problem, state, at, _until(began))

    def _state(self) -> object:
        from flask_status_cli.pipeline.report import state_of

        return state_of(self._options.database)


def nothing_made(at: datetime) -> Made:
    """Return the site that is shown if nothing can be made."""
    return Made({}, "no database", None, at, 0.0, failed=True)


def _until(began: float) -> float:
    now = time.monotonic()
    return now + max(AT_MOST_EVERY, (now - began) * SHARE)
