"""From a request to its rule, and to the route that a report shows: pure functions on text.

Each name is imported when it is asked for: an ingest that finds nothing new needs none of them.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.routes.discover import MAX_BYTES, MAX_SEGMENTS, alike, fold, written_path
    from flask_status_cli.routes.document import from_document, to_document
    from flask_status_cli.routes.group_names import belonging
    from flask_status_cli.routes.map_coverage import coverage, only_static
    from flask_status_cli.routes.placing import Placing
    from flask_status_cli.routes.rule import check_map, check_rule
    from flask_status_cli.routes.rule_finder import DISCOVERY, Finder, finder
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

_MODULES = {
    "group_names": ("belonging",),
    "map_coverage": (
        "coverage",
        "only_static",
    ),
    "discover": (
        "MAX_BYTES",
        "MAX_SEGMENTS",
        "alike",
        "fold",
        "written_path",
    ),
    "document": (
        "from_document",
        "to_document",
    ),
    "rule_finder": (
        "DISCOVERY",
        "Finder",
        "finder",
    ),
    "placing": ("Placing",),
    "rule": (
        "check_map",
        "check_rule",
    ),
    "static": ("is_static",),
    "view": ("folded",),
}
__getattr__ = names_from(
    globals(), {name: module for module, names in _MODULES.items() for name in names}
)
