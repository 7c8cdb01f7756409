"""What is told of routes outside of a report: their marks, and their list as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from flask_status_cli.model import ListedRoute, Route
from flask_status_cli.render.escape import encodable
from flask_status_cli.render.json_ import instant
from flask_status_cli.render.words import ENGLISH

SCHEMA_VERSION = 1


def marks(route: Route) -> Iterator[str]:
    """Yield where a route comes from, and that it is hidden, in a word each."""
    yield ENGLISH.say(f"origin.{route.origin.value}")
    if route.hidden:
        yield ENGLISH.say("mark.hidden")


def as_json(listed: Iterable[ListedRoute]) -> str:
    """Return the list as one line of JSON, ending with a newline."""
    routes = [
        {
            "label": encodable(each.route.label),
            "rule": encodable(each.route.rule),
            "name": encodable(each.route.name),
            "doc": encodable(each.route.doc),
            "origin": each.route.origin.value,
            "hidden": each.route.hidden,
            "first": instant(each.first),
            "last": instant(each.last),
            "requests": each.requests,
        }
        for each in listed
    ]
    return json.dumps({"schema_version": SCHEMA_VERSION, "routes": routes}) + "\n"
