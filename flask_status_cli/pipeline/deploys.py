"""Marks, lists and removes deploys, for the command line and for the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_status_cli import judgement, summary
from flask_status_cli.errors import DeployError, OptionError
from flask_status_cli.frozen import frozen
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.deploys import (
    LONGEST_LABEL,
    LONGEST_NOTE,
    LONGEST_VERSION,
    MOST_DEPLOYS,
    Deploy,
    ShownDeploy,
)
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import Clock
from flask_status_cli.render.escape import printable
from flask_status_cli.store import Ledger, Store

WAIT = 2.0
"""The API waits this many seconds while another program locks the database."""

SEE_ALL = "flask-status deploy list shows them"


@frozen
class MarkDeployOptions:
    """A deploy to mark.

    - `at`: an instant as text, in `zone` unless it has an offset. `None` means now.
    - `label`: the label of the routes that the deploy concerns, empty for all routes.
    - `dashes`: what a message puts before the name of an option: `--`, or nothing for the API.
    - `wait`: how many seconds to wait while another program locks the database. `None` means the default.
    """

    database: Database
    zone: ZoneInfo
    version: str
    at: str | None = None
    label: str = ""
    note: str = ""
    dashes: str = "--"
    wait: float | None = None


@frozen
class MarkedDeploy:
    """A stored deploy. `mark_deploy` returns it.

    - `is_new`: whether the deploy was not stored before.
    - `gone`: the oldest deploys, which were removed because too many were stored.
    - `unknown_label`: whether no route has its label.
    """

    deploy: Deploy
    is_new: bool
    gone: tuple[Deploy, ...]
    unknown_label: bool


def mark_deploy(options: MarkDeployOptions, *, clock: Clock) -> MarkedDeploy:
    """Store a deploy. A second one with the same version, label and minute is the same deploy.

    Raises `OptionError`, `DeployError` and `DatabaseError`.
    """
    asked = _asked(options, clock)
    database, wait = options.database, options.wait
    with Store.open(database, create=False, clock=clock, busy_timeout=wait) as store:
        stored, is_new, gone = store.mark_deploy(asked)
    if stored in gone:
        what = f"is older than the {MOST_DEPLOYS} deploys that are kept"
        raise DeployError(printable(asked.version), what, "remove some of them first")
    labels = {route.label for route in Ledger.read(database, Ledger.routes).values()}
    return MarkedDeploy(stored, is_new, gone, bool(stored.label) and stored.label not in labels)


def list_deploys(database: Database) -> tuple[Deploy, ...]:
    """Return every deploy, the latest first."""
    return Ledger.read(database, Ledger.deploys)[::-1]


@frozen
class ShowDeployOptions:
    """How to show a deploy.

    - `now`: an instant as text, `"last"`, or `None` for the time of the clock.
    - `only`, `exclude`: globs on the rule that select the routes.
    - `policy`: how requests are judged.
    - `stale_after`: how long the log may be unread before it counts as not read.
    """

    database: Database
    zone: ZoneInfo
    now: str | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    policy: PolicySettings = field(default_factory=PolicySettings)
    stale_after: timedelta = summary.STALE_AFTER


def show_deploy(options: ShowDeployOptions, named: str, *, clock: Clock) -> ShownDeploy:
    """Return a deploy with the requests before and after it.

    `named` is a version or an id. If a version was deployed more than once, its latest deploy is shown.
    Raises `DeployError` if there is no such deploy, `DatabaseError` and `OptionError`.
    """
    policy = judgement.policy(options.policy)

    def work(ledger: Ledger) -> ShownDeploy:
        deploy = deploys_named(ledger.deploys()[::-1], named)[0]
        now = summary.resolve_now(options.now, ledger, clock, zone=options.zone)
        return summary.one_deploy(
            summary.with_failing(ledger, policy, now=now),
            deploy,
            now=now,
            zone=options.zone,
            policy=policy,
            selection=summary.RouteSelection(options.only, options.exclude),
            stale_after=options.stale_after,
            given=options.now is not None,
        )

    return Ledger.read(options.database, work)


def remove_deploy(database: Database, named: str, *, clock: Clock) -> Deploy:
    """Remove the deploy with this version or id, and return it.

    Raises `DeployError` if there is no such deploy, or if the version was deployed more than once.
    """
    found = deploys_named(list_deploys(database), named)
    if len(found) > 1:
        ids = ", ".join(str(each.id) for each in found)
        raise DeployError(printable(named), "was deployed more than once", f"give an id: {ids}")
    with Store.open(database, create=False, clock=clock) as store:
        if not store.remove_deploy(found[0].id):
            raise _missing(named)
    return found[0]


def deploys_named(deploys: Iterable[Deploy], named: str) -> list[Deploy]:
    """Return the deploys with this version, or else the one with this id. Raises `DeployError` if none."""
    known, wanted = list(deploys), named.strip()
    found = [each for each in known if each.version == wanted]
    found = found or [each for each in known if str(each.id) == wanted]
    if not found:
        raise _missing(named)
    return found


def _missing(named: str) -> DeployError:
    return DeployError(printable(named), "no such deploy", SEE_ALL)


def _asked(options: MarkDeployOptions, clock: Clock) -> Deploy:
    """Return the deploy of some options, still without an id. Raises `OptionError`."""
    version = options.version.strip()
    if not version:
        raise OptionError(_name("version", options), "it is empty", 'give one, such as "v1.2"')
    texts = {"version": version, "label": options.label, "note": options.note}
    longest = {"version": LONGEST_VERSION, "label": LONGEST_LABEL, "note": LONGEST_NOTE}
    for name, text in texts.items():
        if len(text) > longest[name]:
            what = f"it has {len(text)} characters"
            raise OptionError(_name(name, options), what, f"use at most {longest[name]}")
    return Deploy(0, version, _time(options, clock), options.label, options.note)


def _time(options: MarkDeployOptions, clock: Clock) -> datetime:
    if options.at is None:
        at = clock()
    else:
        at = summary.instant_from(options.at, options.zone, option=_name("at", options))
    return at.replace(second=0, microsecond=0)


def _name(option: str, options: MarkDeployOptions) -> str:
    """Return the name of an option in a message: `--at`, the argument `VERSION`, or the key of the API."""
    if not options.dashes:
        return option
    return "VERSION" if option == "version" else f"{options.dashes}{option}"
