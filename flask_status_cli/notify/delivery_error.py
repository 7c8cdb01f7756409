"""The error of a message that did not arrive."""

from __future__ import annotations


class NotTold(Exception):  # noqa: N818 - it names what happened; it is no error of the user's
    """A channel did not take a message. The text gives the reason in a few words, without secrets."""
