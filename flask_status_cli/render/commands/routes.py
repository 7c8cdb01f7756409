"""The output of the `routes` commands: marks of routes, lists as JSON, and lines about deleted routes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from flask_status_cli.model import ForgottenRoute, ListedRoute, Route
from flask_status_cli.render.escape import encodable, printable
from flask_status_cli.render.json.report_json import Json, instant
from flask_status_cli.render.text.words import Words

SCHEMA_VERSION = 1


def marks(route: Route, words: Words) -> Iterator[str]:
    """Yield the origin of a route, and whether it is hidden or retired."""
    if route.part_of:
        yield words.say("origin.page", crowd=printable(route.part_of))
    else:
        yield words.say(f"origin.{route.origin.value}")
    if route.hidden:
        yield words.say("mark.hidden")
    if route.retired:
        yield words.say("mark.left")


def as_json(listed: Iterable[ListedRoute]) -> str:
    """Return the list as one line of JSON, ending with a newline."""
    routes = [as_object(each) for each in listed]
    return json.dumps({"schema_version": SCHEMA_VERSION, "routes": routes}) + "\n"


def as_object(each: ListedRoute) -> Json:
    """Return the JSON object of one route of the list."""
    return {
        "label": encodable(each.route.label),
        "rule": encodable(each.route.rule),
        "name": encodable(each.route.name),
        "doc": encodable(each.route.doc),
        "origin": each.route.origin.value,
        "group": encodable(each.route.group),
        "endpoint": encodable(each.route.endpoint),
        "methods": [encodable(method) for method in each.route.methods],
        "hidden": each.route.hidden,
        "left": each.route.retired,
        "first": instant(each.first),
        "last": instant(each.last),
        "requests": each.requests,
    }


def written(route: Route) -> str:
    """Return the name of a route in messages: its rule, with its label before it if it has one."""
    label = f"{printable(route.label)}: " if route.label else ""
    return label + printable(route.rule)


def to_forget(listed: Sequence[ListedRoute]) -> list[str]:
    """Return what will be deleted: one line for each route, and a line with the sum if there are several."""
    lines = [f"{written(each.route)}: {_requests(each.requests)}{_span(each)}" for each in listed]
    if len(listed) > 1:
        lines.append(f"{len(listed):,} routes: {_requests(sum(each.requests for each in listed))}")
    return lines


def forgotten(done: ForgottenRoute) -> str:
    """Return the line about the requests that were deleted."""
    stays = "; the route stays, since it is declared" if done.stays else ""
    return f"{written(done.route)}: {_requests(done.requests)} deleted{stays}"


def _requests(n: int) -> str:
    return "1 request" if n == 1 else f"{n:,} requests"


def _span(listed: ListedRoute) -> str:
    if listed.first is None or listed.last is None:
        return ""
    return f", {listed.first:%Y-%m-%d} to {listed.last:%Y-%m-%d}"
