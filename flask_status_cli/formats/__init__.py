"""Access log formats: blocks of lines → counts by minute and code, and why a line was not counted."""

from flask_status_cli.formats.catalogue import known_formats
from flask_status_cli.formats.columns import columns
from flask_status_cli.formats.counter import LineCounter, OnRefused, PartCounter
from flask_status_cli.formats.detect import Detection, detect
from flask_status_cli.formats.envelope import Envelope, message, opened
from flask_status_cli.formats.fields import fields
from flask_status_cli.formats.mask import mask, mask_field
from flask_status_cli.formats.noise import SENDER, senders_reason
from flask_status_cli.formats.reference import (
    Noise,
    Refusal,
    first_minute,
    parse_line,
    split_lines,
)
from flask_status_cli.formats.strangers import Stranger, stranger
from flask_status_cli.formats.table import FORMAT_NAMES, FORMATS, Format, lookup
from flask_status_cli.formats.totals import Counted, Part
from flask_status_cli.formats.turns import first_turn

__all__ = [
    "FORMATS",
    "FORMAT_NAMES",
    "SENDER",
    "Counted",
    "Detection",
    "Envelope",
    "Format",
    "LineCounter",
    "Noise",
    "OnRefused",
    "Part",
    "PartCounter",
    "Refusal",
    "Stranger",
    "columns",
    "detect",
    "fields",
    "first_minute",
    "first_turn",
    "known_formats",
    "lookup",
    "mask",
    "mask_field",
    "message",
    "opened",
    "parse_line",
    "senders_reason",
    "split_lines",
    "stranger",
]
