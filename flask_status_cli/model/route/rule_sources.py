"""Who declares rules."""

from enum import Enum


class RuleSource(Enum):
    """Who declared a URL map. If a rule is in several maps, the first one names the route."""

    HAND = "hand"
    FILE = "file"
    APP = "app"
