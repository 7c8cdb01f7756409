"""Logs on disk and in pipes become blocks of whole lines, each read exactly once."""

from flask_status_cli.sources.content import PIPE, Content
from flask_status_cli.sources.glue import Glued, Joints, Section
from flask_status_cli.sources.identify import Place, Result, identify
from flask_status_cli.sources.inputs import Target, expand
from flask_status_cli.sources.marks import head_of
from flask_status_cli.sources.named import NamedReading, head_of_name
from flask_status_cli.sources.places import Lookup, Part, part_of
from flask_status_cli.sources.prints import SURE
from flask_status_cli.sources.ranges import Range, RangeLines
from flask_status_cli.sources.reading import Block, Reading
from flask_status_cli.sources.siblings import Listings, Sibling, rotated, siblings
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
