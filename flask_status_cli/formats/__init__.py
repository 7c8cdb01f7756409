"""Access log formats: blocks of lines → counts by minute and code, and why a line was not counted."""

from flask_status_cli.formats.counter import LineCounter
from flask_status_cli.formats.detect import Detection, detect
from flask_status_cli.formats.reference import Noise, Refusal, first_minute, parse_line
from flask_status_cli.formats.table import FORMAT_NAMES, FORMATS, Format
from flask_status_cli.formats.totals import Counted
from flask_status_cli.formats.turns import first_turn

__all__ = [
    "FORMATS",
    "FORMAT_NAMES",
    "Counted",
    "Detection",
    "Format",
    "LineCounter",
    "Noise",
    "Refusal",
    "detect",
    "first_minute",
    "first_turn",
    "parse_line",
]
