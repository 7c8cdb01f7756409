"""Reads one deploy for `deploy show`: the requests before and after it, and the incidents near it."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from flask_status_cli.model import Policy, zone_name
from flask_status_cli.model.deploys import Deploy, ShownDeploy
from flask_status_cli.summary.calendar import day_bounds
from flask_status_cli.summary.incidents.find_incidents import search_incidents
from flask_status_cli.summary.ledger.excused_requests import excusing_ledger
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report.current_state import Outages
from flask_status_cli.summary.report.data_span import data_span
from flask_status_cli.summary.report.deploys import DeployReader
from flask_status_cli.summary.report.folded_rows import selected
from flask_status_cli.summary.report.traffic import RouteSelection
from flask_status_cli.summary.report_time import log_freshness


def one_deploy(  # noqa: PLR0913 - the choices of a report, all but the ledger and the deploy by name
    ledger: Ledger,
    deploy: Deploy,
    *,
    now: datetime,
    zone: tzinfo,
    policy: Policy,
    selection: RouteSelection,
    stale_after: timedelta,
    given: bool,
) -> ShownDeploy:
    """Return one deploy as a report at `now` shows it, however long ago it was."""
    days = day_bounds(now, zone, 1)
    data = data_span(ledger, now=now, days=days, stale_after=stale_after, given=given)
    read = log_freshness(ledger, now=now, stale_after=stale_after)
    found = search_incidents(ledger, policy, newest=data.last, read=read, shows=selection.some)
    known = ledger.routes()
    shown = selected(known, known, selection, Outages.of(found).opened)
    deploys = ledger.deploys()
    reader = DeployReader(
        excusing_ledger(ledger), policy, data, now, shown, deploys, found.incidents
    )
    one = reader.one(deploy)
    near = tuple(each for each in found.incidents if each.id in one.incidents)
    return ShownDeploy(now, zone, zone_name(zone, at=now), one, near)
