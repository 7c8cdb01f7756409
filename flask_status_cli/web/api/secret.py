"""Checks the secret of the API, and whether a request has it."""

from __future__ import annotations

from hmac import compare_digest
from typing import Final

SHORTEST: Final = 16
"""A secret must have at least this many characters."""

SCHEME: Final = "bearer"

TOO_SHORT: Final = f"API_SECRET has fewer than {SHORTEST} characters"


def cleaned(secret: object) -> str:
    """Return a secret without blanks around it, and without a `Bearer` before it."""
    text = str(secret or "").strip()
    first, blank, rest = text.partition(" ")
    return rest.strip() if blank and first.lower() == SCHEME else text


def has_secret(header: str | None, secret: str) -> bool:
    """Return whether an `Authorization` header has the secret (RFC 6750, 2.1), in constant time."""
    scheme, _, token = (header or "").partition(" ")
    given = token.strip(" ").encode("utf-8", "surrogateescape")
    same = compare_digest(given, secret.encode("utf-8", "surrogateescape"))
    return same and scheme.lower() == SCHEME and bool(secret)
