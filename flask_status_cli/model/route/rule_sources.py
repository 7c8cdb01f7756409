"""The sources that can declare rules: a person, a file or an app."""

from enum import Enum


class RuleSource(Enum):
    """The source of a URL map.

    If several sources declare the same rule, the first one here names the route.
    """

    HAND = "hand"
    FILE = "file"
    APP = "app"
