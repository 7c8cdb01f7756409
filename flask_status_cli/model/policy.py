"""A policy: which status codes are failures, and the thresholds of partial and major outages."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_status_cli.model.settings import RoutePolicy

OPERATIONAL = Fraction(99, 100)
"""The usual threshold of a partial outage: at this availability or above it all is well."""

MAJOR_OUTAGE = Fraction(3, 10)
"""The usual threshold of a major outage: an outage with an availability below it is a major one."""


@dataclass(frozen=True, slots=True)
class Policy:
    """By which counts are judged: the codes that are successes and failures, and the thresholds.

    A code is an integer or a class such as `"5xx"`; a share is exact.

    Attributes:
        preset: The name of the preset it began as.
        success: The codes of successes.
        failure: The codes of failures.
        operational: At this availability or above it a stretch is operational.
        major: Below this availability it is a major outage, else a partial one.
        objective: The availability that is promised, `None` where nothing is.
        incident_failure: The codes that make an incident.
        overrides: What other routes are judged by; a later one outweighs those before it.

    """

    preset: str
    success: tuple[int | str, ...]
    failure: tuple[int | str, ...]
    operational: Fraction = OPERATIONAL
    major: Fraction = MAJOR_OUTAGE
    objective: Fraction | None = None
    incident_failure: tuple[int | str, ...] = ("5xx",)
    overrides: tuple[RoutePolicy, ...] = ()
