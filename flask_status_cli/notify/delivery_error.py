"""Why a message did not arrive."""

from __future__ import annotations


class NotTold(Exception):  # noqa: N818 - it names what happened; it is no error of the user's
    """A channel did not take a message; the text says why, in a few words without secrets."""
