"""Groups episodes into incidents by the rules for routes and for outages of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.episodes.joining import Group, join_episodes
from flask_status_cli.incidents.judged_minutes import MinuteSource, RouteOrSite
from flask_status_cli.incidents.site_outage.partial_outage import part_of_partial_outage
from flask_status_cli.incidents.site_outage.site_down import part_of_total_outage


def group_episodes(
    source: MinuteSource, episodes: Mapping[RouteOrSite, Sequence[Episode]], *, major: Fraction
) -> Iterator[Group]:
    """Yield the episodes of each incident, the earliest incident first.

    The site is down if its share of successes is below `major`.
    """
    in_total = part_of_total_outage(source, major)
    in_partial = part_of_partial_outage(source)

    def part_of(site: Episode, who: RouteOrSite, other: Episode) -> int | None:
        start = in_total(site, who, other)
        return in_partial(site, who, other) if start is None else start

    def succeeded(who: RouteOrSite, minutes: range) -> bool:
        return any(minute.success for minute in source.at(who, minutes))

    return join_episodes(episodes, part_of=part_of, succeeded=succeeded)
