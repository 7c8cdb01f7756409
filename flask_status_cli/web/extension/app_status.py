"""The state of the extension in one app."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.frozen import frozen
from flask_status_cli.model.database_url import Database
from flask_status_cli.web.api.configure import ApiFunctions
from flask_status_cli.web.api.secret import SHORTEST, TOO_SHORT, cleaned
from flask_status_cli.web.clock import clock, zone
from flask_status_cli.web.extension.app_config import (
    database_of,
    is_on,
    rule_that_takes_files,
    settings_of,
    variables_of,
)
from flask_status_cli.web.extension.counting_middleware import is_left_out
from flask_status_cli.web.extension.storing_thread import SAY_AGAIN, WAIT, StoringThread
from flask_status_cli.web.site_cache import LiveOptions, MadeSite, SiteCache, nothing_made

if TYPE_CHECKING:
    from flask import Flask

    from flask_status_cli.model import Flush, UrlMap
    from flask_status_cli.model.settings import Settings
    from flask_status_cli.web.extension.request_counts import CountsToStore

COUNT: Final = "FLASK_STATUS_COUNT"


@frozen
class AppSetup:
    """The settings and the database of an app. They are read at its first request."""

    settings: Settings
    database: Database


class AppStatus:
    """The state of the extension in one app: `app.extensions["flask-status"]`. `FlaskStatus` makes it.

    - `routes`: the rules or globs of the routes that are shown. Without any, all routes are shown.
    - `count`: whether the extension counts requests. `None` means as configured.
    - `private`: whether the page has a guard, so that no proxy may store it.
    """

    def __init__(
        self, app: Flask, routes: tuple[str, ...], *, count: bool | None, private: bool
    ) -> None:
        self._app = app
        self._routes = routes
        self._count = count
        self._private = private
        self._directory = _working_directory()
        self._setup: AppSetup | None = None
        self._storings: dict[int, StoringThread] = {}
        self._caches: dict[int, SiteCache] = {}
        self._logged: dict[str, float] = {}
        self._declared: tuple[int, UrlMap] | None = None
        self._changed = True

    @property
    def may_count(self) -> bool:
        """Whether the extension may count requests. During set-up, more is not known."""
        return is_on(self._app, COUNT) if self._count is None else self._count

    @property
    def counts(self) -> bool:
        """Whether the extension counts requests. While the app is tested, it does only with `count=True`."""
        if self._count is not None:
            return self._count
        return is_on(self._app, COUNT) and not self._app.testing

    @property
    def storing(self) -> StoringThread | None:
        """The counter of this process, `None` before the first request."""
        return self._storings.get(os.getpid())

    def add(self, rule: str, status: int) -> None:
        """Count a request."""
        storing = self._storings.get(os.getpid())
        if storing is None:  # the first request of this process
            if not self.counts:
                return
            storing = self._storings.setdefault(os.getpid(), StoringThread(self))
        storing.add(rule, status)

    def add_duration(self, rule: str, status: int, nanoseconds: int) -> None:
        """Count the duration of a request, until its body was closed."""
        storing = self._storings.get(os.getpid())
        if storing is not None:
            storing.add_duration(rule, status, nanoseconds)

    def current(self) -> MadeSite:
        """Return the present files of the page. If they cannot be made, log the error."""
        try:
            return self._site().current()
        except FlaskStatusError as error:
            self._say(f"the page could not be made: {error}")
            return nothing_made(clock())

    def _site(self) -> SiteCache:
        """Return the site of this process.

        It is made at the first request, because gevent has replaced the locks by then.
        """
        cache = self._caches.get(os.getpid())
        if cache is None:
            cache = self._caches.setdefault(os.getpid(), self._make_site())
        return cache

    def setup(self) -> AppSetup:
        """Return the settings and the database of the app. Raises `FlaskStatusError`."""
        if self._setup is None:
            known = settings_of(self._app, self._routes, self._directory)
            chosen = database_of(self._app, known, self._directory)
            if chosen.warning:
                self._say(chosen.warning)
            self._setup = AppSetup(known, chosen.path)
        return self._setup

    def store(self, counted: CountsToStore, *, flush: Flush, wait: float) -> None:
        """Store counts. May raise any error."""
        from flask_status_cli.pipeline.live_counts import LiveCountOptions, store_live

        setup = self.setup()
        rules = self._rules()
        options = LiveCountOptions(setup.database, setup.settings, wait)
        left = store_live(
            counted.requests,
            rules,
            options,
            flush=flush,
            changed=self._changed,
            clock=clock,
            durations=counted.durations,
        )
        self._changed = False
        if left:
            self._app.logger.info(
                "flask-status: %d requests were not counted here, because a log has them", left
            )

    def tell(self, error: Exception, *, ending: bool) -> None:
        """Log an error of `store`, the same one at most once an hour."""
        then = "they are lost, because this process ends" if ending else "they are kept in memory"
        if isinstance(error, FlaskStatusError):
            self._say(f"the requests could not be stored; {then}: {_without_options(error)}")
        else:
            self._say(f"the requests could not be stored: {type(error).__name__}: {error}", error)

    def tell_beyond(self, requests: int) -> None:
        """Log how many requests were counted without their routes."""
        self._app.logger.warning(
            "flask-status: the database could not be written for long; "
            "%d requests were added up by hour in the route <other>",
            requests,
        )

    @property
    def secret(self) -> str:
        """The secret of the API, "" if the API is off."""
        if not is_on(self._app, "API_ENABLED"):
            return ""
        secret = cleaned(self._app.config.get("API_SECRET"))
        if 0 < len(secret) < SHORTEST:
            self._say(f"the API is off: {TOO_SHORT}")
            return ""
        return secret

    def api(self) -> ApiFunctions:
        """Return the functions that the API calls."""
        return ApiFunctions(
            secret=lambda: self.secret,
            database=lambda: self.setup().database,
            policy=lambda: self.setup().settings.policy,
            label=lambda: self.setup().settings.label,
            before=self.store_for_page,
            changed=self._forget_page,
            failed=lambda error: self._say(f"the API cannot answer: {error}"),
            warn=lambda line: self._app.logger.warning("flask-status: %s", line),
            clock=clock,
        )

    def variables(self) -> dict[str, str]:
        """Return the environment variables with the settings of the app, for the command line."""
        return variables_of(self._app)

    def declare(self) -> None:
        """Declare the rules of the app, for requests that are read from a log."""
        from flask_status_cli.pipeline.live_counts import LiveCountOptions, declare_live

        setup = self.setup()
        options = LiveCountOptions(setup.database, setup.settings, WAIT)
        declare_live(self._rules(), options, where=self._app.name, clock=clock)

    def end_counting(self) -> None:
        """Record that the extension no longer counts requests, so that a log is counted from now on."""
        try:
            from flask_status_cli.pipeline.live_counts import LiveCountOptions, end_live

            setup = self.setup()
            options = LiveCountOptions(setup.database, setup.settings, WAIT)
            end_live(options, clock=clock)
        except Exception as error:  # noqa: BLE001 - no error may stop the app
            self._say(f"could not record that the app has stopped counting: {error}")

    def _forget_page(self) -> None:
        cache = self._caches.get(os.getpid())
        if cache is not None:
            cache.forget()

    def _rules(self) -> UrlMap:
        """Return the rules of the app. They are read again if their number has changed."""
        from flask_status_cli.pipeline.live_counts import rules_of

        number = sum(1 for _ in self._app.url_map.iter_rules())
        if self._declared is None or self._declared[0] != number:
            self._declared = (number, rules_of(self._app, is_left_out))
            self._changed = True
        return self._declared[1]

    def _make_site(self) -> SiteCache:
        setup = self.setup()
        taken_by = rule_that_takes_files(self._app)
        if taken_by:
            self._say(
                f"the app's rule {taken_by} takes status.json, the badges and other files of the status page;"
                " give another url_prefix"
            )
        return SiteCache(
            LiveOptions(
                database=setup.database,
                settings=setup.settings,
                zone=zone(setup.settings.timezone),
                clock=clock,
                failed=lambda error: self._say(f"the page could not be made: {error}"),
                private=self._private,
                before=self.store_for_page,
            )
        )

    def store_for_page(self) -> None:
        """Store the counts of this process, so that the page shows them."""
        if self.counts:
            self._storings.setdefault(os.getpid(), StoringThread(self)).store_for_page()

    def _say(self, text: str, error: Exception | None = None) -> None:
        now = time.monotonic()
        if now - self._logged.get(text, now - SAY_AGAIN) >= SAY_AGAIN:
            self._logged[text] = now
            self._app.logger.warning("flask-status: %s", text, exc_info=error)


def _without_options(error: FlaskStatusError) -> str:
    """Return the text of an error, without a hint that names an option of the command."""
    return f"{error.where}: {error.what}" if "--" in error.hint else str(error)


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except OSError:
        return Path("/")
