"""The numbers of the rule by which minutes are failing and bad, and episodes begin, end and join."""

from __future__ import annotations

from typing import Final

FAILING_PART: Final = 5
"""A minute, and a window, fails where at least one in so many of its judged requests failed."""

WINDOW_MINUTES: Final = 5
"""The minutes that are looked at together for a rate, the last one included."""

LONG_WINDOW_MINUTES: Final = 30
"""A rate is looked for in so many minutes, too: a site with few requests needs them."""

WINDOW_FAILURES: Final = 5
"""Fewer failures in a window are no rate."""

STREAK_FAILURES: Final = 3
"""Fewer failures without a success between them are no streak,"""

STREAK_MINUTES: Final = 2
"""and neither are failures of fewer minutes."""

OVER_MINUTES: Final = 10
"""An episode is over when so many minutes without a failing one have passed,"""

OVER_SUCCESSES: Final = 3
"""and so many successes in them."""

SILENT_MINUTES: Final = 1440
"""After so many minutes without a judged request an episode is closed, and a streak ends."""

CHANCE_DIGITS: Final = 6
"""Failures are no noise where their chance is at most one in ten to this power."""

LEAST_BACKGROUND: Final = (1, 100)
"""At least this share of failures is taken for a route's background."""

LEAST_REQUESTS: Final = 100
"""Fewer requests than this are taken as so many, when a background is measured."""

BACKGROUND_QUARTERS: Final = 96
"""A background is measured over so many quarters of an hour: the 24 hours before."""

CONTINUED_MINUTES: Final = 30
"""An episode goes on with another one if it begins at most so many minutes after its last failing minute."""

DOWN_MINUTES: Final = 5
"""The site is down where its last so many judged minutes are below the threshold of a major outage."""

JOINED_MINUTES: Final = 10
"""An episode joins an incident that began at most so many minutes before, and lasts."""

LATE_MINUTES: Final = 60
"""A route that nobody asked for may join up to so many minutes after an incident began."""

LATE_ROUTES: Final = 2
"""It joins an incident of at least so many routes."""

SPREAD_REQUESTS: Final = 5
"""A route with fewer requests than this is not judged by itself when the site is asked for."""

SPREAD_PART: Final = 2
"""Requests fail everywhere if at least one in so many goes to a route that is failing."""
