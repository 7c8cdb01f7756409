"""What a configuration says: every choice that outlives one command, and where each came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

Codes = tuple[int | str, ...]
"""Status codes, and classes such as `"5xx"`."""


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """What is judged otherwise for the routes whose rule matches the glob `rule`; `None` is as for all."""

    rule: str
    success: Codes | None = None
    failure: Codes | None = None
    operational: Fraction | None = None
    major: Fraction | None = None
    objective: Fraction | None = None
    expect_every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ExpectSettings:
    """How often the site has to be asked for something, `None` where nobody promised that."""

    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """How responses and stretches of time are judged: a preset, and what is set outright above it.

    Thresholds and `objective` are exact shares; a later one of `routes` outweighs those before it.
    """

    preset: str = "standard"
    success: Codes | None = None
    failure: Codes | None = None
    operational: Fraction | None = None
    major: Fraction | None = None
    objective: Fraction | None = None
    incident_failure: Codes = ("5xx",)
    routes: tuple[RoutePolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteSetting:
    """A declared route: `rule` in Flask's syntax; without `methods` it takes any."""

    rule: str
    name: str = ""
    doc: str = ""
    endpoint: str = ""
    methods: tuple[str, ...] = ()
    hidden: bool = False
    group: str = ""
    expect_every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days counts are kept: those by minute, and those by quarter (`None`: for ever)."""

    minutes: int = 35
    days: int | None = None


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Who is told of incidents: commands (the words of each), a URL, and the URLs of Apprise."""

    exec: tuple[tuple[str, ...], ...] = ()
    webhook: str | None = None
    urls: tuple[str, ...] = ()

    @property
    def wanted(self) -> bool:
        """Whether anybody is to be told."""
        return bool(self.exec or self.webhook or self.urls)


@dataclass(frozen=True, slots=True)
class PageSettings:
    """How the page looks, and what it leads to; `url` is where it is published."""

    lang: str = "en"
    logo: Path | None = None
    accent: str | None = None
    footer: str = ""
    links: tuple[tuple[str, str], ...] = ()
    url: str | None = None
    robots: str = "noindex,nofollow"


@dataclass(frozen=True, slots=True)
class Settings:
    """All of a configuration; what nobody set is `None` or has the value it has without a file.

    Paths are absolute or as the environment gave them; `exclude`, `only` and `keep` are globs on the
    rule; `rows` is how many rows a report shows at once; `timezone` is that of its days, `log_timezone`
    that of stamps without offset.
    """

    logs: tuple[str, ...] = ()
    db: str | None = None
    timezone: str | None = None
    log_timezone: str | None = None
    format: str | None = None
    label: str = ""
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
    """Who says what a setting is, the strongest first."""

    OPTION = "option"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key as it holds: its value as TOML (`None` where it is not set), and where that is written.

    `where` names the option, the variable, or the file and its line.
    """

    key: str
    value: str | None
    source: Source
    where: str = ""
