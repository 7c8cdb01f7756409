"""The reason phrases that servers write behind a status, such as `Not Found`, in format strings.

A phrase has a different number of words for each status. So without a directive for it, a format string would
read the lines with `200 OK`, and refuse those with `500 Internal Server Error`.
"""

from __future__ import annotations

import re
from http import HTTPStatus

ARGUMENT = "phrase"
"""`%{phrase}s` is not a directive of Apache. It matches a reason phrase, or no text."""

VARIABLE = "status_phrase"
"""`$status_phrase` is the same in a string of nginx."""

_OTHERS = (
    "Content Too Large", "Payload Too Large", "Request Entity Too Large", "URI Too Long",
    "Request-URI Too Long", "Unprocessable Content", "Unprocessable Entity", "Moved Temporarily",
    "Range Not Satisfiable", "Request Time-out", "Gateway Time-out", "I'm a teapot", "Unknown Status Code",
    "Unknown", "Client Closed Request",
)  # fmt: skip
_KNOWN = {one.phrase for one in HTTPStatus} | {*_OTHERS}
_ALL = sorted(_KNOWN | {phrase.upper() for phrase in _KNOWN}, key=lambda text: (-len(text), text))

PHRASE = rf"(?:{'|'.join(map(re.escape, _ALL))})(?![\w'-])"
"""The pattern of a reason phrase: that of RFC 9110 or of an older RFC, also in capitals, as Flask has it."""

OPTIONAL = f"(?>{PHRASE}|)"
"""The pattern of a reason phrase or no text."""
