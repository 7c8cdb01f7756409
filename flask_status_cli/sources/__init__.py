"""Logs on disk and in pipes become blocks of whole lines, each read exactly once.

Each name is imported when it is asked for: an ingest that finds nothing new needs few of them.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.sources.content import PIPE, Content
    from flask_status_cli.sources.glue import Glued, Joints, Section
    from flask_status_cli.sources.identification import Place, Result, identify
    from flask_status_cli.sources.inputs import Target, expand
    from flask_status_cli.sources.marks import head_of
    from flask_status_cli.sources.named import NamedReading, head_of_name
    from flask_status_cli.sources.places import Lookup, Part, part_of
    from flask_status_cli.sources.prints import SURE
    from flask_status_cli.sources.ranges import Range, RangeLines
    from flask_status_cli.sources.reading import Block, Reading
    from flask_status_cli.sources.rotated_names import Listings, Sibling, rotated, siblings
    from flask_status_cli.sources.watch import Watch

__all__ = [
    "PIPE",
    "SURE",
    "Block",
    "Content",
    "Glued",
    "Joints",
    "Listings",
    "Lookup",
    "NamedReading",
    "Part",
    "Place",
    "Range",
    "RangeLines",
    "Reading",
    "Result",
    "Section",
    "Sibling",
    "Target",
    "Watch",
    "expand",
    "head_of",
    "head_of_name",
    "identify",
    "part_of",
    "rotated",
    "siblings",
]

_MODULES = {
    "content": (
        "PIPE",
        "Content",
    ),
    "glue": (
        "Glued",
        "Joints",
        "Section",
    ),
    "identification": (
        "Place",
        "Result",
        "identify",
    ),
    "inputs": (
        "Target",
        "expand",
    ),
    "marks": ("head_of",),
    "named": (
        "NamedReading",
        "head_of_name",
    ),
    "places": (
        "Lookup",
        "Part",
        "part_of",
    ),
    "prints": ("SURE",),
    "ranges": (
        "Range",
        "RangeLines",
    ),
    "reading": (
        "Block",
        "Reading",
    ),
    "rotated_names": (
        "Listings",
        "Sibling",
        "rotated",
        "siblings",
    ),
    "watch": ("Watch",),
}
__getattr__ = names_from(
    globals(), {name: module for module, names in _MODULES.items() for name in names}
)
