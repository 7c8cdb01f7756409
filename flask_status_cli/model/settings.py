"""The settings of a configuration, and the place where each was set."""

from __future__ import annotations

from dataclasses import field
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from flask_status_cli.frozen import frozen

if TYPE_CHECKING:
    from fractions import Fraction

Codes = tuple[int | str, ...]
"""Status codes, and classes such as `"5xx"`."""


@frozen
class RoutePolicy:
    """Settings of the policy that are different for the routes whose rule matches the glob `rule`.

    `None` means no difference.
    """

    rule: str
    success: Codes | None = None
    failure: Codes | None = None
    operational: Fraction | None = None
    major: Fraction | None = None
    objective: Fraction | None = None
    expect_every: timedelta | None = None
    slow: timedelta | None = None


@frozen
class ExpectSettings:
    """Expected traffic: the site must have a request in each period of this length. `None` expects none."""

    every: timedelta | None = None


@frozen
class PolicySettings:
    """How responses and periods are judged: a preset, and settings that override it.

    - `success`, `failure`, `incident_failure`: status codes and classes.
    - `operational`, `major`: the thresholds, as exact shares. `objective`: the promised share.
    - `routes`: settings for some routes; later ones override earlier ones.
    """

    preset: str = "standard"
    success: Codes | None = None
    failure: Codes | None = None
    operational: Fraction | None = None
    major: Fraction | None = None
    objective: Fraction | None = None
    incident_failure: Codes = ("5xx",)
    routes: tuple[RoutePolicy, ...] = ()
    slow: timedelta | None = None


@frozen
class RouteSetting:
    """A declared route: `rule` in Flask's syntax. Without `methods` it takes all methods."""

    rule: str
    name: str = ""
    doc: str = ""
    endpoint: str = ""
    methods: tuple[str, ...] = ()
    hidden: bool = False
    group: str = ""
    expect_every: timedelta | None = None


@frozen
class Retention:
    """The number of days for which counts are kept.

    `minutes` is for counts by minute. `days` is for counts by quarter of an hour, `None` for ever.
    """

    minutes: int = 35
    days: int | None = None


@frozen
class NotifySettings:
    """The channels for messages: commands (as lists of words), a webhook's URL, and URLs of Apprise."""

    exec: tuple[tuple[str, ...], ...] = ()
    webhook: str | None = None
    urls: tuple[str, ...] = ()

    @property
    def wanted(self) -> bool:
        """Whether any channel is set."""
        return bool(self.exec or self.webhook or self.urls)


@frozen
class PageSettings:
    """The looks and the links of the page. `url` is the address at which it is published."""

    lang: str = "en"
    logo: Path | None = None
    accent: str | None = None
    footer: str = ""
    links: tuple[tuple[str, str], ...] = ()
    url: str | None = None
    robots: str = "noindex,nofollow"


@frozen
class Settings:
    """All settings of a configuration. Settings that nobody made have their defaults.

    - `logs`, `db`: absolute paths, or the unchanged text of the environment variable.
    - `timezone`: the zone of the days of a report. `log_timezone`: the zone of log times without an offset.
    - `exclude`, `only`, `keep`: globs on the rule.
    - `label_from_host`: the virtual hosts whose names become labels; true for all hosts.
    - `rows`: the number of rows that a report shows.
    """

    logs: tuple[str, ...] = ()
    db: str | None = None
    timezone: str | None = None
    log_timezone: str | None = None
    format: str | None = None
    json_map: str | None = None
    label: str = ""
    label_from_host: tuple[str, ...] | bool = False
    host: str | None = None
    title: str = ""
    days: int = 30
    exclude: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    groups: str = "none"
    rows: int = 40
    discover: bool = True
    keep: tuple[str, ...] = ()
    app: str | None = None
    strip_prefix: str = ""
    stale_after: timedelta = timedelta(minutes=15)
    policy: PolicySettings = field(default_factory=PolicySettings)
    retention: Retention = field(default_factory=Retention)
    notify: NotifySettings = field(default_factory=NotifySettings)
    page: PageSettings = field(default_factory=PageSettings)
    expect: ExpectSettings = field(default_factory=ExpectSettings)
    routes: tuple[RouteSetting, ...] = ()


class Source(Enum):
    """Where a setting may come from. A source overrides those below it."""

    OPTION = "option"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@frozen
class Setting:
    """One key of the configuration: its value as TOML (`None` if it is not set), and where it is set.

    `where` names the option, the variable, or the file and its line.
    """

    key: str
    value: str | None
    source: Source
    where: str = ""
