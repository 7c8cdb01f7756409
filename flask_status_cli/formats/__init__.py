"""Access log formats: counts entries by minute and code, and says why other lines were refused.

Modules that explain a log to people are imported when they are first used, because counting needs none of
them.
"""

from typing import TYPE_CHECKING

from flask_status_cli.formats.counting.line_counter import LineCounter, OnRefused, PartCounter
from flask_status_cli.formats.counting.totals import CountedLines, CountedLogs, PartCounts
from flask_status_cli.formats.detect import Detection, detect
from flask_status_cli.formats.line_parser import (
    Noise,
    Refusal,
    first_minute,
    parse_line,
    split_lines,
)
from flask_status_cli.formats.other_lines.noise import SENDER, senders_reason
from flask_status_cli.formats.prefixes.json_envelope import Envelope, message, opened
from flask_status_cli.formats.registry import (
    FORMAT_NAMES,
    FORMATS,
    Format,
    lookup,
    may_be_format_string,
)
from flask_status_cli.formats.time_jumps import first_jump
from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.formats.explain.fields import columns, fields
    from flask_status_cli.formats.explain.masking import mask, mask_field
    from flask_status_cli.formats.format_help import known_formats
    from flask_status_cli.formats.other_lines.unsupported_log import UnsupportedLog
    from flask_status_cli.formats.other_lines.unsupported_logs import (
        ends_lines_with_carriage_returns,
        unsupported_log,
    )
    from flask_status_cli.formats.propose_format import propose
    from flask_status_cli.formats.unsaid_parts import unsaid

__all__ = [
    "FORMATS",
    "FORMAT_NAMES",
    "SENDER",
    "CountedLines",
    "CountedLogs",
    "Detection",
    "Envelope",
    "Format",
    "LineCounter",
    "Noise",
    "OnRefused",
    "PartCounter",
    "PartCounts",
    "Refusal",
    "UnsupportedLog",
    "columns",
    "detect",
    "ends_lines_with_carriage_returns",
    "fields",
    "first_jump",
    "first_minute",
    "known_formats",
    "lookup",
    "mask",
    "mask_field",
    "may_be_format_string",
    "message",
    "opened",
    "parse_line",
    "propose",
    "senders_reason",
    "split_lines",
    "unsaid",
    "unsupported_log",
]

_MODULES = {
    "propose_format": ("propose",),
    "unsaid_parts": ("unsaid",),
    "explain.fields": ("columns", "fields"),
    "explain.masking": (
        "mask",
        "mask_field",
    ),
    "format_help": ("known_formats",),
    "other_lines.unsupported_log": ("UnsupportedLog",),
    "other_lines.unsupported_logs": (
        "ends_lines_with_carriage_returns",
        "unsupported_log",
    ),
}

__getattr__ = names_from(
    globals(), {name: module for module, names in _MODULES.items() for name in names}
)
