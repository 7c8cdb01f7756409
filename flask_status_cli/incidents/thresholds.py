"""The thresholds of incidents: when a minute is bad, and when episodes begin, end and join."""

from __future__ import annotations

from typing import Final

FAILING_PART: Final = 5
"""A minute is failing if at least one in this many of its judged requests failed."""

WINDOW_MINUTES: Final = 5
"""The short window has this many minutes."""

LONG_WINDOW_MINUTES: Final = 30
"""The long window has this many minutes. It is for sites with few requests."""

WINDOW_FAILURES: Final = 5
"""The rate of a window is high only with at least this many failures."""

STREAK_FAILURES: Final = 3
"""A streak needs at least this many failures without a success between them."""

STREAK_MINUTES: Final = 2
"""A streak needs failures in at least this many minutes."""

OVER_MINUTES: Final = 10
"""An episode is over if this many minutes passed since its last failing one, and `OVER_SUCCESSES` came."""

OVER_SUCCESSES: Final = 3
"""An episode is over if this many successes came since its last failing minute, and `OVER_MINUTES` passed."""

SILENT_MINUTES: Final = 1500
"""After this many minutes without a judged request, an episode is closed and a streak ends.

These are 25 hours: a job that runs every day comes some seconds later on one day than on another.
"""

CHANCE_DIGITS: Final = 6
"""Failures are more than noise if their chance is at most 10 to the power of minus this number."""

LEAST_BACKGROUND: Final = (1, 100)
"""The background of a route is at least this share of failures: (failures, requests)."""

LEAST_REQUESTS: Final = 100
"""The background of a route with fewer requests than this is computed as if it had this many."""

BACKGROUND_QUARTERS: Final = 96
"""The number of quarters of an hour in which the background is measured: 24 hours."""

CONTINUED_MINUTES: Final = 30
"""An episode continues another one if it begins at most this many minutes after its last failing minute."""

DOWN_MINUTES: Final = 5
"""The number of judged minutes of the site that decide whether it is down."""

JOINED_MINUTES: Final = 10
"""An episode joins an open incident that began at most this many minutes before it."""

LATE_MINUTES: Final = 60
"""A quiet route may join an incident up to this many minutes after the incident began."""

LATE_ROUTES: Final = 2
"""A quiet route joins only incidents that have at least this many routes."""

SPREAD_REQUESTS: Final = 5
"""In a partial outage of the site, routes with fewer requests than this are added up, not judged alone."""

SPREAD_PART: Final = 2
"""A partial outage concerns the whole site if at least one in this many requests goes to a failing route."""
