"""The paths behind a route that collects many paths, as lines or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_status_cli.model import UNMATCHED, PathFailures
from flask_status_cli.render.escape import encodable, printable
from flask_status_cli.render.json.report_json import Json
from flask_status_cli.render.text.words import Words

LONGEST = 200
"""The longest part of a path that is shown, in characters."""


def lines(rule: str, paths: Sequence[PathFailures], words: Words) -> Iterator[str]:
    """Yield a heading, and a line for each path with its status codes and their counts."""
    if not paths:
        return
    yield words.say("paths.unmatched" if rule == UNMATCHED else "paths.crowd")
    named = [(_codes(each, words), printable(each.path, LONGEST)) for each in paths]
    width = max(len(codes) for codes, _ in named)
    for codes, path in named:
        yield f"{codes:{width}}  {path}"


def document(paths: Sequence[PathFailures]) -> Json:
    """Return the paths as JSON."""
    return [
        {
            "path": encodable(each.path),
            "statuses": {str(code): requests for code, requests in each.statuses.items()},
        }
        for each in paths
    ]


def _codes(path: PathFailures, words: Words) -> str:
    """Return the codes and their counts, server errors first: `500 × 31, 404 × 4`."""
    ordered = sorted(path.statuses.items(), key=lambda each: (each[0] < 500, -each[1], each[0]))
    return words.times(ordered)
