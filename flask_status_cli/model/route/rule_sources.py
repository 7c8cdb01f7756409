"""Who declares rules."""

from enum import Enum


class RuleSource(Enum):
    """Who declared a URL map. If several declare the same rule, the first in this order names the route."""

    HAND = "hand"
    FILE = "file"
    APP = "app"
