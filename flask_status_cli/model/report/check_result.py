"""The answer to a monitoring system: a state, a line of text, and metrics (Monitoring Plugins guidelines)."""

from __future__ import annotations

import re
from enum import IntEnum
from fractions import Fraction

from flask_status_cli.frozen import frozen
from flask_status_cli.model.report.phrase import Phrase

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_RANGE = re.compile(rf"(?P<inside>@?)(?:(?P<low>~|{_NUMBER})?(?P<colon>:))?(?P<high>{_NUMBER})?")


class CheckState(IntEnum):
    """The state of a service, which is also the exit status."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@frozen
class Range:
    """A threshold: the range of good values, including both ends.

    An end is `None` if the range has none there. With `inside`, the values in the range are the bad ones.
    """

    low: Fraction | None
    high: Fraction | None
    inside: bool = False

    @classmethod
    def parse(cls, text: str, *, floor: bool = False) -> Range:
        """Parse a range of the guidelines: `10`, `10:`, `~:10`, `10:20`, `@10:20`.

        A single number is the upper end, and the lower end is 0. With `floor` it is the lower end. Raises
        `ValueError` if the text is not a range.
        """
        found = _RANGE.fullmatch(text)
        if found is None or not (found["high"] or (found["low"] or "~") != "~"):
            raise ValueError(f"{text!r} is not a range")
        high = None if found["high"] is None else Fraction(found["high"])
        if floor and not found["colon"]:
            return cls(high, None, bool(found["inside"]))
        low = None if found["low"] == "~" else Fraction(found["low"] or 0)
        if low is not None and high is not None and low > high:
            raise ValueError(f"{text!r} is not a range: it ends before it begins")
        return cls(low, high, bool(found["inside"]))

    def alerts(self, value: Fraction) -> bool:
        """Return whether a value is bad."""
        low = self.low is None or self.low <= value
        high = self.high is None or value <= self.high
        return (low and high) is self.inside


@frozen
class Metric:
    """A measured value with its unit, its thresholds, and the least and the most that it can be.

    `label` may contain text of a log. `value`, `least` and `most` are decimal numbers.
    """

    label: str
    value: str
    unit: str = ""
    warning: Range | None = None
    critical: Range | None = None
    least: str = "0"
    most: str = ""


@frozen
class CheckResult:
    """The result of a check. `text` is one short sentence, which may contain text of a log.

    It is a `str` if it is always English, such as an error.
    """

    state: CheckState
    text: Phrase | str
    metrics: tuple[Metric, ...] = ()
