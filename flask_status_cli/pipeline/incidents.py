"""Makes incidents from the database: all of them, as every report, message and check knows them."""

from __future__ import annotations

from datetime import datetime

from flask_status_cli import summary
from flask_status_cli.model import Incident, Policy
from flask_status_cli.store import Ledger


def all_incidents(ledger: Ledger, policy: Policy, *, now: datetime) -> tuple[Incident, ...]:
    """Return all incidents of the minutes that are kept, as of `now`; the one that began last is first.

    Entries that are not yet, later than `now` + 5 minutes, are left out.
    """
    newest = summary.newest_entry(ledger, now=now)
    return summary.find_incidents(ledger, policy, newest=newest)
