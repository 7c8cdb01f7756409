"""Reads logs from disk and pipes as blocks of whole lines, each line exactly once.

Each name is imported when it is first used, because an ingest without new lines needs few of them.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.sources.file_events import Watch
    from flask_status_cli.sources.identity.edited_log import edited
    from flask_status_cli.sources.identity.end_of_log import EndOfLog, known_bytes
    from flask_status_cli.sources.identity.fingerprints import HEAD, digest, head_of, head_of_ended
    from flask_status_cli.sources.identity.first_lines import SURE, prints_agree, prints_of
    from flask_status_cli.sources.identity.inserted_lines import ranges_of
    from flask_status_cli.sources.identity.part_of_stream import (
        LineLookup,
        PartMatcher,
        distinct_beginning,
        part_of,
    )
    from flask_status_cli.sources.identity.pieces_of_log import LONGEST_PIECE, has_piece, pieces_in
    from flask_status_cli.sources.identity.recognize_log import LogIdentity, Relation, identify
    from flask_status_cli.sources.identity.resent_log import ResentReading, head_of_name
    from flask_status_cli.sources.input_paths import LogPath, expand, left_out
    from flask_status_cli.sources.reading.byte_ranges import Range, RangeLines
    from flask_status_cli.sources.reading.concatenated_logs import (
        ConcatenatedLogs,
        Joints,
        Piece,
        Section,
    )
    from flask_status_cli.sources.reading.content import PIPE, Content
    from flask_status_cli.sources.reading.converted_lines import (
        ConvertedLines,
        with_other_line_ends,
    )
    from flask_status_cli.sources.reading.new_blocks import Block, History, Reading
    from flask_status_cli.sources.reading.small_log import (
        ReadLog,
        SmallLog,
        fingerprints_of,
        first_line,
        is_small,
        open_grown,
        open_small,
    )
    from flask_status_cli.sources.reading.tailed_files import lines_by_file
    from flask_status_cli.sources.rotated_names import Listings, Sibling, has_rotated_name, siblings

__all__ = [
    "HEAD",
    "LONGEST_PIECE",
    "PIPE",
    "SURE",
    "Block",
    "ConcatenatedLogs",
    "Content",
    "ConvertedLines",
    "EndOfLog",
    "History",
    "Joints",
    "LineLookup",
    "Listings",
    "LogIdentity",
    "LogPath",
    "PartMatcher",
    "Piece",
    "Range",
    "RangeLines",
    "ReadLog",
    "Reading",
    "Relation",
    "ResentReading",
    "Section",
    "Sibling",
    "SmallLog",
    "Watch",
    "digest",
    "distinct_beginning",
    "edited",
    "expand",
    "fingerprints_of",
    "first_line",
    "has_piece",
    "has_rotated_name",
    "head_of",
    "head_of_ended",
    "head_of_name",
    "identify",
    "is_small",
    "known_bytes",
    "left_out",
    "lines_by_file",
    "open_grown",
    "open_small",
    "part_of",
    "pieces_in",
    "prints_agree",
    "prints_of",
    "ranges_of",
    "siblings",
    "with_other_line_ends",
]

_MODULES = {
    "reading.content": (
        "PIPE",
        "Content",
    ),
    "reading.converted_lines": (
        "ConvertedLines",
        "with_other_line_ends",
    ),
    "reading.concatenated_logs": (
        "ConcatenatedLogs",
        "Joints",
        "Piece",
        "Section",
    ),
    "identity.pieces_of_log": (
        "LONGEST_PIECE",
        "has_piece",
        "pieces_in",
    ),
    "identity.recognize_log": (
        "LogIdentity",
        "Relation",
        "identify",
    ),
    "input_paths": (
        "LogPath",
        "expand",
        "left_out",
    ),
    "identity.edited_log": ("edited",),
    "identity.inserted_lines": ("ranges_of",),
    "identity.end_of_log": (
        "EndOfLog",
        "known_bytes",
    ),
    "identity.fingerprints": (
        "HEAD",
        "digest",
        "head_of",
        "head_of_ended",
    ),
    "identity.resent_log": (
        "ResentReading",
        "head_of_name",
    ),
    "identity.part_of_stream": (
        "LineLookup",
        "PartMatcher",
        "part_of",
        "distinct_beginning",
    ),
    "identity.first_lines": (
        "SURE",
        "prints_agree",
        "prints_of",
    ),
    "reading.byte_ranges": (
        "Range",
        "RangeLines",
    ),
    "reading.new_blocks": (
        "Block",
        "History",
        "Reading",
    ),
    "reading.small_log": (
        "ReadLog",
        "SmallLog",
        "first_line",
        "fingerprints_of",
        "fingerprints_of",
        "is_small",
        "open_grown",
        "open_small",
    ),
    "reading.tailed_files": ("lines_by_file",),
    "rotated_names": (
        "Listings",
        "Sibling",
        "has_rotated_name",
        "siblings",
    ),
    "file_events": ("Watch",),
}
__getattr__ = names_from(
    globals(), {name: module for module, names in _MODULES.items() for name in names}
)
