"""The error of a message that did not arrive."""

from __future__ import annotations


class DeliveryError(Exception):
    """A channel did not take a message. The text gives the reason in a few words, without secrets."""
