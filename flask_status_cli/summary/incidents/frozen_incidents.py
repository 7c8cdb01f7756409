"""Frozen incidents: those of routes that became part of a crowd, kept as they were announced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta

from flask_status_cli.model import (
    MINUTE,
    AffectedRoute,
    FrozenIncident,
    Incident,
    IncidentAnchor,
    IncidentsToFreeze,
    WorstMinute,
    instant_of,
    minute_of,
)


def freeze(
    incidents: Iterable[Incident],
    anchors: Iterable[IncidentAnchor],
    label: str,
    moved: Mapping[str, str],
) -> IncidentsToFreeze:
    """Return the incidents to freeze, and the anchors to change, when routes become part of others.

    `moved` maps the rules of these routes to the rules of the routes that take them in, all of one `label`.
    An incident that also has other routes gets an anchor in one of these. Any other incident is frozen.
    """
    by_id = {name: each for each in incidents for name in (each.id, *each.aliases)}
    kept: list[FrozenIncident] = []
    elsewhere: list[IncidentAnchor] = []
    for anchor in anchors:
        incident = by_id.get(anchor.id)
        if incident is None or anchor.label != label or anchor.rule not in moved:
            continue
        stays = [each for each in incident.routes if each.label != label or each.rule not in moved]
        if stays:
            other = stays[0]
            place = (other.label, other.rule, minute_of(other.start))
            elsewhere.append(IncidentAnchor(anchor.id, *place))
        else:
            kept.append(_frozen(incident, anchor, moved[anchor.rule]))
    return IncidentsToFreeze(tuple(kept), tuple(elsewhere))


def _frozen(incident: Incident, anchor: IncidentAnchor, into: str) -> FrozenIncident:
    names = [each.name for each in incident.routes if each.rule == anchor.rule]
    worst = incident.worst
    return FrozenIncident(
        id=anchor.id,
        label=anchor.label,
        rule=anchor.rule,
        name=names[0] if names else "",
        into=into,
        start=minute_of(incident.start),
        end=minute_of(incident.last_failure) + 1,
        was_open=incident.open,
        recovered=bool(incident.recovered),
        last_request=minute_of(incident.last_request),
        failures=incident.failures,
        valid=incident.valid,
        statuses=dict(incident.statuses),
        worst=(minute_of(worst.start), worst.failures, worst.valid),
        minute=anchor.minute,
    )


def beside(
    computed: Iterable[str],
    frozen: Iterable[FrozenIncident],
    *,
    shows: Callable[[str], bool] | None = None,
) -> Iterator[Incident]:
    """Yield the frozen incidents whose id is not among `computed`, the ids of computed incidents."""
    known = set(computed)
    for each in frozen:
        if each.id not in known and (shows is None or shows(each.rule)):
            yield _incident(each)


def _incident(frozen: FrozenIncident) -> Incident:
    start, end = instant_of(frozen.start), instant_of(frozen.end)
    minute, failures, valid = frozen.worst
    route = AffectedRoute(
        label=frozen.label,
        rule=frozen.rule,
        name=frozen.name,
        start=start,
        end=end,
        failures=frozen.failures,
        valid=frozen.valid,
        statuses=frozen.statuses,
    )
    return Incident(
        id=frozen.id,
        aliases=(),
        start=start,
        end=end,
        recovered=frozen.recovered,
        last_failure=end - MINUTE,
        last_request=min(instant_of(frozen.last_request), end - MINUTE),
        duration_minutes=(end - start) // timedelta(minutes=1),
        failures=frozen.failures,
        valid=frozen.valid,
        statuses=frozen.statuses,
        worst=WorstMinute(instant_of(minute), failures, valid),
        routes=(route,),
        anchor=IncidentAnchor(frozen.id, frozen.label, frozen.rule, frozen.minute),
        merged_into=frozen.into if frozen.was_open else None,
    )
