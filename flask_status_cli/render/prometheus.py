"""A report in Prometheus' text format 0.0.4, for a Prometheus server or its textfile collector.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from flask_status_cli import __version__
from flask_status_cli.frozen import frozen
from flask_status_cli.model import Condition, Counts, LifetimeCount, RouteSummary, StatusSummary
from flask_status_cli.render.escape import encodable

PREFIX = "flask_status"

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
"""The escapes of characters in the value of a label. Other characters are written as UTF-8."""

Sample = tuple[Mapping[str, str], int | float]
"""The labels of one sample, and its value."""


@frozen
class _Metric:
    """One metric: its name without the prefix, its type (`kind`), its help text, and its samples."""

    name: str
    kind: str
    text: str
    samples: Iterable[Sample]

    def lines(self) -> Iterator[str]:
        name = f"{PREFIX}_{self.name}"
        yield f"# HELP {name} {self.text}"
        yield f"# TYPE {name} {self.kind}"
        for labels, value in self.samples:
            pairs = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            yield f"{name}{{{pairs}}} {value}" if pairs else f"{name} {value}"


def render(summary: StatusSummary, counted: Iterable[LifetimeCount]) -> str:
    """Return the report and the counters `counted` as samples without times.

    The counters never decrease. An unknown value has no sample.
    """
    lifetime = list(counted)
    metrics = (*_counters(lifetime), *_route_gauges(summary), *_site_gauges(summary))
    return "".join(f"{line}\n" for metric in metrics for line in metric.lines())


def _counters(counted: Iterable[LifetimeCount]) -> Iterator[_Metric]:
    routes = [
        ({"label": each.label, "rule": each.rule, "status": str(each.status)}, each.requests)
        for each in counted
        if each.rule is not None
    ]
    yield _Metric(
        "requests_total", "counter", "Requests ever counted, by route and status code.", routes
    )
    site = [
        ({"label": each.label, "status": str(each.status)}, each.requests)
        for each in counted
        if each.rule is None
    ]
    yield _Metric(
        "site_requests_total",
        "counter",
        "Requests ever counted, by status code: of all routes, and of paths without a route.",
        site,
    )


def _route_gauges(summary: StatusSummary) -> Iterator[_Metric]:
    yield _Metric(
        "route_condition",
        "gauge",
        "State of a route now: 1 for the condition that it is in, 0 for the others.",
        [
            ({**_of(route), "condition": each.value}, int(route.now is each))
            for route in summary.routes
            for each in Condition
        ],
    )
    yield _Metric(
        "route_availability_ratio",
        "gauge",
        "Share of the judged requests of a route that succeeded, in the days of the report.",
        [(_of(route), _share(route.counts)) for route in summary.routes if route.counts.valid],
    )


def _site_gauges(summary: StatusSummary) -> Iterator[_Metric]:
    total, data = summary.total, summary.data
    yield _Metric(
        "condition",
        "gauge",
        "State of all routes together now: 1 for the condition that they are in, 0 for the others.",
        [({"condition": each.value}, int(total.now is each)) for each in Condition],
    )
    yield _Metric(
        "availability_ratio",
        "gauge",
        "Share of all judged requests that succeeded, in the days of the report.",
        [({}, _share(total.counts))] if total.counts.valid else [],
    )
    yield _Metric(
        "open_incidents",
        "gauge",
        "Open incidents.",
        [({}, sum(incident.going for incident in summary.incidents))],
    )
    yield _Metric(
        "stale",
        "gauge",
        "1 if no log was read lately, so that the present state is unknown.",
        [({}, int(data.stale))],
    )
    yield _instant("last_read_timestamp_seconds", "When the logs were last read.", data.ingested_at)
    yield _instant("newest_request_timestamp_seconds", "When the newest request was.", data.last)
    yield _instant("report_timestamp_seconds", "When this file was made.", summary.generated_at)
    yield _Metric("info", "gauge", "The version of flask-status.", [({"version": __version__}, 1)])


def _instant(name: str, text: str, when: datetime | None) -> _Metric:
    return _Metric(name, "gauge", text, [] if when is None else [({}, int(when.timestamp()))])


def _of(route: RouteSummary) -> dict[str, str]:
    return {"label": route.label, "rule": route.rule}


def _share(counts: Counts) -> float:
    return counts.success / counts.valid


def _escaped(text: str) -> str:
    return encodable(text).translate(_ESCAPES)
