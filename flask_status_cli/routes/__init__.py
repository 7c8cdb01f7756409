"""From a request's target to the route that a report shows: pure functions on text."""

from __future__ import annotations

from flask_status_cli.routes.belonging import belonging
from flask_status_cli.routes.discover import MAX_BYTES, MAX_SEGMENTS, alike, fold, written_path
from flask_status_cli.routes.view import ROOT_LIMIT, SEGMENT_LIMIT, group

__all__ = [
    "MAX_BYTES",
    "MAX_SEGMENTS",
    "ROOT_LIMIT",
    "SEGMENT_LIMIT",
    "alike",
    "belonging",
    "fold",
    "group",
    "written_path",
]
