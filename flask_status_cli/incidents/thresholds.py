"""The thresholds by which minutes are failing or bad, and episodes begin, end and join."""

from __future__ import annotations

from typing import Final

FAILING_PART: Final = 5
"""A minute or a window fails if at least one in this many of its judged requests failed."""

WINDOW_MINUTES: Final = 5
"""The short window of a rate, in minutes."""

LONG_WINDOW_MINUTES: Final = 30
"""The long window of a rate, in minutes, for sites with few requests."""

WINDOW_FAILURES: Final = 5
"""A rate needs at least this many failures in its window."""

STREAK_FAILURES: Final = 3
"""A streak needs at least this many failures without a success between them."""

STREAK_MINUTES: Final = 2
"""A streak needs failures in at least this many minutes."""

OVER_MINUTES: Final = 10
"""An episode is over after this many minutes without a failing one, and the successes below."""

OVER_SUCCESSES: Final = 3
"""An episode is over after this many successes, and the minutes above."""

SILENT_MINUTES: Final = 1440
"""After this many minutes without a judged request, an episode is closed and a streak ends."""

CHANCE_DIGITS: Final = 6
"""Failures are more than noise if their chance is at most ten to the power of minus this."""

LEAST_BACKGROUND: Final = (1, 100)
"""The background of a route is at least this share of failures."""

LEAST_REQUESTS: Final = 100
"""If a route has fewer requests than this, its background is computed as if it had this many."""

BACKGROUND_QUARTERS: Final = 96
"""The background is measured over this many quarters of an hour before: 24 hours."""

CONTINUED_MINUTES: Final = 30
"""An episode continues another one if it begins at most this many minutes after its last failing minute."""

DOWN_MINUTES: Final = 5
"""The site is down if its last judged minutes, this many, are below the threshold of a major outage."""

JOINED_MINUTES: Final = 10
"""An episode joins an incident that is open and began at most this many minutes before."""

LATE_MINUTES: Final = 60
"""A quiet route may join up to this many minutes after an incident began."""

LATE_ROUTES: Final = 2
"""A quiet route joins only an incident of at least this many routes."""

SPREAD_REQUESTS: Final = 5
"""A route with fewer requests than this is not judged when the state of the site is decided."""

SPREAD_PART: Final = 2
"""Requests fail on all routes if at least one in this many goes to a failing route."""
