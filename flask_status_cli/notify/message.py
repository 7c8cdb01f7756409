"""Makes the messages about incidents: JSON for programs, with a sentence for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from flask_status_cli.model import Incident, IncidentKind, Notice, Transition
from flask_status_cli.model.incident.notifications import key_of

SCHEMA_VERSION = 1

LEADS: Mapping[Transition, str] = {
    Transition.OPENED: "Incident",
    Transition.WORSENED: "Incident, worse",
    Transition.RESOLVED: "Resolved",
}
"""The words with which the sentence of each transition begins."""


class DeliveryError(Exception):
    """A message could not be delivered. The text is the reason in a few words, without secrets."""


def message(  # noqa: PLR0913 - the parts of a message, the optional ones by name
    announced_as: str,
    transition: Transition,
    incident: Incident,
    *,
    document: object,
    title: str,
    deployed: str | None = None,
) -> Notice:
    """Return the message about a transition of an incident.

    - `announced_as`: the id under which the incident was announced.
    - `document`: the incident as JSON, as in a report.
    - `title`: the name of the site, "" for none.
    - `deployed`: how long after a deploy the incident began, if there was one shortly before it.
    """
    text = f"{LEADS[transition]}: {_sentence(incident, transition, deployed)}"
    return _notice(announced_as, transition, text=_titled(text, title), document=document)


def test_message(id_: str, *, title: str, now: datetime) -> Notice:
    """Return a test message without an incident. `id_` must be new each time."""
    text = f"Test: a message of flask-status, {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return _notice(id_, Transition.TEST, text=_titled(text, title), document=None)


def _notice(announced_as: str, transition: Transition, *, text: str, document: object) -> Notice:
    body = {
        "schema_version": SCHEMA_VERSION,
        "key": key_of(announced_as, transition),
        "transition": transition.value,
        "text": text,
        "incident": document,
    }
    return Notice(announced_as, transition, json.dumps(body, ensure_ascii=True))


def _titled(text: str, title: str) -> str:
    return f"[{title}] {text}" if title else text


def _sentence(incident: Incident, transition: Transition, deployed: str | None) -> str:
    codes = ", ".join(map(str, incident.statuses))
    failed = f"{incident.failures:,} of {incident.valid:,} requests failed ({codes})"
    if incident.kind is IncidentKind.SILENT:
        failed = "no requests came, although traffic is expected"
    since = f"{_where(incident)} since {incident.start:%Y-%m-%d %H:%M} UTC"
    if transition is not Transition.RESOLVED or incident.end is None:
        return ", ".join(filter(None, (since, deployed, failed)))
    how = (
        "" if incident.recovered else ", without recovery: no success or server error for 25 hours"
    )
    if incident.merged_into is not None:
        how = f", merged into {incident.merged_into}" if incident.merged_into else ", route deleted"
    lasted = f"until {incident.end:%Y-%m-%d %H:%M} UTC"
    over = f"{since} {lasted} ({incident.duration_minutes:,} min){how}"
    return ", ".join(filter(None, (over, deployed, failed)))


def _where(incident: Incident) -> str:
    routes = [f"{each.label}: {each.rule}" if each.label else each.rule for each in incident.routes]
    if not routes:
        return "the site"
    more = len(routes) - 1
    return routes[0] if not more else f"{routes[0]} and {more} more route{'s' if more > 1 else ''}"
