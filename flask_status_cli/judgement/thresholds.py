"""The thresholds of partial and major outages, and the minutes by which the present state is judged.

A configuration can set other shares; see `policies`.
"""

from __future__ import annotations

from fractions import Fraction

OPERATIONAL = Fraction(99, 100)
"""At or above this availability, a route is operational. Below it, there is a partial or a major outage."""

MAJOR_OUTAGE = Fraction(3, 10)
"""An outage below this availability is a major one."""

MAJOR_OUTAGE_FAILURES = 3
"""The fewest server errors of a major outage. With fewer, an outage is partial, whatever their share."""

NOW_MINUTES = 60
"""Without an open incident, the present state is judged over this many minutes."""

OUTAGE_MINUTES = 5
"""In an open incident, the present state is judged over this many minutes with judged requests."""
