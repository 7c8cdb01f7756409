"""Finds the rule of a request, and the row of a report that a route is shown in. Pure functions on text.

Each name is imported when it is first used, because an ingest without new lines needs none of them.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.routes.collapse_rows import folded_rules
    from flask_status_cli.routes.declared.map_coverage import coverage, only_static
    from flask_status_cli.routes.declared.reassignment import RuleReassignment
    from flask_status_cli.routes.declared.static_files import is_static
    from flask_status_cli.routes.declared.url_map_document import from_document, to_document
    from flask_status_cli.routes.declared.werkzeug_rule import check_map, check_rule
    from flask_status_cli.routes.discovered.variable_segments import (
        MAX_BYTES,
        MAX_SEGMENTS,
        alike,
        fold,
        written_path,
    )
    from flask_status_cli.routes.group_names import group_of_routes
    from flask_status_cli.routes.rule_finder import DISCOVERY, Finder, finder

__all__ = [
    "DISCOVERY",
    "MAX_BYTES",
    "MAX_SEGMENTS",
    "Finder",
    "RuleReassignment",
    "alike",
    "check_map",
    "check_rule",
    "coverage",
    "finder",
    "fold",
    "folded_rules",
    "from_document",
    "group_of_routes",
    "is_static",
    "only_static",
    "to_document",
    "written_path",
]

_MODULES = {
    "group_names": ("group_of_routes",),
    "declared.map_coverage": (
        "coverage",
        "only_static",
    ),
    "discovered.variable_segments": (
        "MAX_BYTES",
        "MAX_SEGMENTS",
        "alike",
        "fold",
        "written_path",
    ),
    "declared.url_map_document": (
        "from_document",
        "to_document",
    ),
    "rule_finder": (
        "DISCOVERY",
        "Finder",
        "finder",
    ),
    "declared.reassignment": ("RuleReassignment",),
    "declared.werkzeug_rule": (
        "check_map",
        "check_rule",
    ),
    "declared.static_files": ("is_static",),
    "collapse_rows": ("folded_rules",),
}
__getattr__ = names_from(
    globals(), {name: module for module, names in _MODULES.items() for name in names}
)
