"""From a request to its rule, and to the route that a report shows: pure functions on text."""

from __future__ import annotations

from flask_status_cli.routes.belonging import belonging
from flask_status_cli.routes.coverage import coverage, only_static
from flask_status_cli.routes.discover import MAX_BYTES, MAX_SEGMENTS, alike, fold, written_path
from flask_status_cli.routes.document import from_document, to_document
from flask_status_cli.routes.finder import DISCOVERY, Finder, finder
from flask_status_cli.routes.placing import Placing
from flask_status_cli.routes.rule import check_map, check_rule
from flask_status_cli.routes.static import is_static
from flask_status_cli.routes.view import folded

__all__ = [
    "DISCOVERY",
    "MAX_BYTES",
    "MAX_SEGMENTS",
    "Finder",
    "Placing",
    "alike",
    "belonging",
    "check_map",
    "check_rule",
    "coverage",
    "finder",
    "fold",
    "folded",
    "from_document",
    "is_static",
    "only_static",
    "to_document",
    "written_path",
]
