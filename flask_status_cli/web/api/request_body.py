"""Reads the body of a request to the API: a small JSON object with known keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from flask_status_cli.model.deploys import LONGEST_LABEL, LONGEST_NOTE, LONGEST_VERSION

LARGEST: Final = 64 * 1024
"""A body with more bytes than this is refused."""

Keys = Mapping[str, type]
"""The keys that a body may have, with the type of each value. The first key is required."""

RULE_KEYS: Final[Keys] = {"rule": str, "label": str}

PUT_KEYS: Final[Keys] = {**RULE_KEYS, "name": str, "doc": str, "hidden": bool}

DELETE_KEYS: Final[Keys] = {**RULE_KEYS, "purge": bool}

DEPLOY_KEYS: Final[Keys] = {"version": str, "at": str, "label": str, "note": str}

LONGEST: Final[Mapping[str, int]] = {
    "rule": 4096,
    "label": LONGEST_LABEL,
    "name": 200,
    "doc": 10_000,
    "version": LONGEST_VERSION,
    "at": 100,
    "note": LONGEST_NOTE,
}
"""The longest value of each key, in characters."""

EXAMPLES: Final[Mapping[str, str]] = {"rule": "/", "version": "v1.2"}
"""An example for each key that may be required."""

WORDS: Final[Mapping[type, str]] = {str: "a string", bool: "true or false"}


class Refused(Exception):  # noqa: N818 - it names what happens to the request
    """The request is refused, with this status code and these words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


def read_object(asked: Request, keys: Keys) -> dict[str, Any]:
    """Return the JSON object in the body of a request.

    Raises `Refused` if it has other keys than `keys`, or not the first of them.
    """
    if asked.mimetype != "application/json" and not asked.mimetype.endswith("+json"):
        raise Refused(415, "the body must be JSON, with Content-Type: application/json")
    found = _parsed(_read(asked))
    if not isinstance(found, dict):
        raise Refused(400, "the body is not a JSON object")
    for key, value in found.items():
        _check(key, value, keys)
    needed = next(iter(keys))
    if not found.get(needed):
        raise Refused(400, f'{needed}: missing; use for example "{needed}": "{EXAMPLES[needed]}"')
    return found


def _read(asked: Request) -> bytes:
    if (asked.content_length or 0) > LARGEST:
        raise _too_large()
    try:
        data = asked.stream.read(LARGEST + 1)
    except RequestEntityTooLarge:
        raise _too_large() from None
    except (HTTPException, OSError):
        raise Refused(400, "the body is incomplete") from None
    if len(data) > LARGEST:
        raise _too_large()
    return data


def _too_large() -> Refused:
    return Refused(413, f"the body is larger than {LARGEST} bytes")


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON") from None


def _no_number(word: str) -> float:
    raise ValueError(word)


def _check(key: str, value: object, keys: Keys) -> None:
    shown = ascii(key[:40])[1:-1]
    if key not in keys:
        raise Refused(400, f"{shown}: no such key; known keys: {', '.join(keys)}")
    if type(value) is not keys[key]:
        raise Refused(400, f"{shown}: must be {WORDS[keys[key]]}")
    if isinstance(value, str):
        if len(value) > LONGEST[key]:
            raise Refused(400, f"{shown}: longer than {LONGEST[key]} characters")
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Refused(400, f"{shown}: contains an invalid character")
