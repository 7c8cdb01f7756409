"""The slow model of incidents: the same rules a second time. Every minute and window is read in full.

It is written from the definition of an incident, not from the program, and shares nothing with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any, NamedTuple

Series = Mapping[int, tuple[int, int]]
"""Minute → (successes, failures), only of minutes with judged requests."""

Signs = Mapping[int, tuple[int, int]]
"""Minute → (answers that there is no such page, successes of other routes)."""

NO_SIGNS: Signs = {}

Who = tuple[str, str]


class End(NamedTuple):
    """The end of an episode of a route with the outage of the site.

    `first` and `last` are its first and last failing minute in that outage. It is over at the end of `at`.
    """

    first: int
    last: int
    at: int


class Found(NamedTuple):
    """An episode: first and last failing minute, first bad one; `recovered` is `None` while it is open.

    `stretches` are the first and last failing minutes of each piece that it was put together of.
    """

    start: int
    last: int
    recovered: bool | None
    bad: int
    stretches: tuple[tuple[int, int], ...]


def episodes(
    series: Series, newest: int, until: int | None = None, signs: Signs = NO_SIGNS
) -> list[Found]:
    """Return the episodes of one route, joined if one continues the other."""
    return continued(apart(series, newest, newest if until is None else until, signs=signs))


def apart(
    series: Series,
    newest: int,
    until: int,
    ends: Sequence[End] = (),
    signs: Signs = NO_SIGNS,
) -> list[Found]:
    """Return the single episodes, found in every minute up to `newest`. The log was read up to `until`.

    At one of the `ends`, an episode is over without a success, and the next one begins later.
    """
    found: list[Found] = []
    minute = min(series, default=newest + 1)
    while minute <= newest:
        over: list[Found | End] = [*found, *(each for each in ends if each.at < minute)]
        start = bad_since(series, minute, over, signs)
        if start is None:
            minute += 1
            continue
        last, at, quiet, recovered = minute, minute, 0, None
        while at < until and recovered is None:
            at += 1
            quiet = 0 if at in series else quiet + 1
            if failing(series, at):
                last = at
            elif works_again(series, last, at, signs) or any(
                last == end.last and at >= end.at for end in ends
            ):
                recovered = True
            elif quiet >= 1500:
                recovered = False
        found.append(Found(start, last, recovered, minute, ((start, last),)))
        minute = at + 1
    return found


def works_again(series: Series, last: int, minute: int, signs: Signs = NO_SIGNS) -> bool:
    """Return whether 10 minutes and 3 successes have passed since a failing minute.

    3 signs of both kinds are as good as 3 successes.
    """
    successes = sum(series.get(m, (0, 0))[0] for m in range(last + 1, minute + 1))
    return minute - last >= 10 and (successes >= 3 or signs_between(signs, last, minute))


def signs_between(signs: Signs, last: int, minute: int) -> bool:
    """Return whether there were 3 signs of both kinds after one minute, up to another."""
    both = [signs[m] for m in range(last + 1, minute + 1) if m in signs]
    return sum(absent for absent, _ in both) >= 3 and sum(others for _, others in both) >= 3


def continued(found: list[Found]) -> list[Found]:
    """Join each episode that begins within 30 minutes of the last failing minute of the one before."""
    together: list[Found] = []
    for each in found:
        before = together[-1] if together else None
        if before is not None and each.start <= before.last + 30:
            pieces = before.stretches + each.stretches
            together[-1] = Found(before.start, each.last, each.recovered, before.bad, pieces)
        else:
            together.append(each)
    return together


def failing(series: Series, minute: int) -> bool:
    """Return whether at least one judged request failed, and at least 20 % of them."""
    success, failure = series.get(minute, (0, 0))
    return failure >= 1 and Fraction(failure, success + failure) >= Fraction(20, 100)


def bad_since(
    series: Series, minute: int, earlier: Sequence[Found | End], signs: Signs = NO_SIGNS
) -> int | None:
    """Return the beginning of the window or streak that makes a minute bad, `None` if it is not bad."""
    if not failing(series, minute):
        return None
    starts = [
        start
        for start in (rate(series, minute, 5, earlier), streak(series, minute, earlier, signs))
        if start is not None
    ]
    return min(starts) if starts else rate(series, minute, 30, earlier)


def rate(series: Series, minute: int, length: int, earlier: Sequence[Found | End]) -> int | None:
    """Return the first failing minute of a window with at least 5 failures, 20 %, and more than noise."""
    ended = max((each.last for each in earlier), default=minute - length)
    window = [m for m in range(minute - length + 1, minute + 1) if m in series and m > ended]
    failures = sum(series[m][1] for m in window)
    valid = sum(sum(series[m]) for m in window)
    if failures < 5 or Fraction(failures, valid) < Fraction(20, 100):
        return None
    start = next(m for m in window if failing(series, m))
    if tail(failures, valid, background(series, start, earlier)) > Fraction(1, 10**6):
        return None
    return start


def streak(
    series: Series, minute: int, earlier: Sequence[Found | End], signs: Signs = NO_SIGNS
) -> int | None:
    """Return the first minute of a streak: at least 3 failures in 2 minutes since the last success.

    10 minutes with enough signs of work are as good as a success.

    What lies in an earlier episode counts only if that one goes on, within 30 minutes of its end.
    """
    minutes = back_to_a_success(series, minute, signs)
    fresh = [m for m in minutes if m > max((each.last for each in earlier), default=-1)]
    if not any(isinstance(each, Found) and minute - each.last <= 30 for each in earlier):
        minutes = fresh
    failures = sum(series[m][1] for m in minutes)
    if failures < 3 or len(minutes) < 2:
        return None
    if background(series, min(fresh), earlier) ** failures > Fraction(1, 10**6):
        return None
    return min(fresh)


def background(series: Series, minute: int, earlier: Sequence[Found | End]) -> Fraction:
    """Return the share of failures in the 96 quarters before a minute, those of episodes left out.

    It is at least 1 %, and of at least 100 requests.
    """
    end = minute // 15
    failed = {m // 15 for each in earlier for m in range(each[0], each.last + 1)}
    counts = [
        series[m]
        for quarter in range(end - 96, end)
        if quarter not in failed
        for m in range(quarter * 15, quarter * 15 + 15)
        if m in series
    ]
    failures, valid = sum(bad for _, bad in counts), sum(good + bad for good, bad in counts)
    return max(Fraction(1, 100), Fraction(failures, max(100, valid)))


def tail(failures: int, valid: int, share: Fraction) -> Fraction:
    """Return the exact chance of at least this many failures."""
    part, whole = share.numerator, share.denominator
    ways = sum(
        comb(valid, n) * part**n * (whole - part) ** (valid - n) for n in range(failures, valid + 1)
    )
    return Fraction(ways, whole**valid)


def back_to_a_success(series: Series, minute: int, signs: Signs) -> list[int]:
    """List the judged minutes up to this one since the last with a success, or a silence of 25 hours.

    Or since the route showed that it works.
    """
    streak: list[int] = []
    silent = 0
    while silent < 1500 and minute >= min(series):
        if minute in series:
            if series[minute][0] or (streak and works_again({}, minute, streak[-1] - 1, signs)):
                break
            streak.append(minute)
            silent = 0
        else:
            silent += 1
        minute -= 1
    return streak


def all_episodes(
    series: Mapping[Who, Series], site: Who, newest: int, ends: Mapping[Who, Sequence[End]]
) -> dict[Who, list[Found]]:
    """Return the episodes of the routes, and those of the site that routes do not explain."""
    of_routes = {who: each for who, each in series.items() if who != site}
    routes = {
        who: continued(apart(each, newest, newest, ends.get(who, ())))
        for who, each in of_routes.items()
    }
    whole = new_to_the_site(apart(series[site], newest, newest), routes, of_routes)
    return {**routes, site: continued(whole)}


def incidents(
    series: Mapping[Who, Series], site: Who, newest: int
) -> tuple[dict[Who, list[Found]], list[set[tuple[Who, int]]]]:
    """Return all episodes, and the incidents as sets of (route, start).

    An episode in an incident of the site that is over ends with it if its route was failing only while the
    site was. So does a streak that is not bad yet: what comes later is another one.
    """
    ends: dict[Who, list[End]] = {}
    while True:
        episodes = all_episodes(series, site, newest, ends)
        groups = joined(episodes, site, series)
        new: dict[Who, End] = {}
        for who, end in [
            each for group in groups for each in ended(group, episodes, site, series, newest, ends)
        ]:
            new[who] = min(new.get(who, end), end)
        if not new:
            return episodes, groups
        for who, end in new.items():
            ends[who] = [*ends.get(who, []), end]


def ended(
    group: set[tuple[Who, int]],
    episodes: Mapping[Who, list[Found]],
    site: Who,
    series: Mapping[Who, Series],
    newest: int,
    ends: Mapping[Who, Sequence[End]],
) -> list[tuple[Who, End]]:
    """Return the routes of an incident whose episode ends with the site's, with that end."""
    found = []
    for outage in episodes[site]:
        if (site, outage.start) not in group or outage.recovered is not True:
            continue
        over = next(
            m for m in range(outage.last, newest + 1) if works_again(series[site], outage.last, m)
        )
        for who, start in group:
            for one in apart(series[who], newest, newest, ends.get(who, ())) if who != site else ():
                part = [e for e in episodes[who] if e.start <= start <= e.last]
                mine = part and part[0].start <= one.start <= part[0].last and one.last >= start
                its_own = one.start > over or (one.recovered is True and one.last <= over)
                if not mine or its_own:
                    continue
                minutes = [
                    m for m in range(start, min(one.last, over) + 1) if failing(series[who], m)
                ]
                others = {
                    m for m in series[site] if series[site][m][1] > series[who].get(m, (0, 0))[1]
                }
                its = {
                    m
                    for first, last in outage.stretches
                    for m in [*range(first - 1, last + 1), *({last + 1} & others)]
                }
                if not minutes or not its.issuperset(minutes):
                    continue
                if of_others(series, who, outage) and others_work(
                    series, site, who, outage, minutes[-1], newest
                ):
                    found.append((who, End(one.start, minutes[-1], over)))
    return found


def of_others(series: Mapping[Who, Series], who: Who, outage: Found) -> bool:
    """Return whether the other routes had 3 failures in an outage, and a fifth of all requests."""
    minutes = [m for first, last in outage.stretches for m in range(first, last + 1)]
    routes = {each: of for each, of in series.items() if each[1] != "*"}
    valid = sum(sum(of.get(m, (0, 0))) for of in routes.values() for m in minutes)
    failed = sum(
        of.get(m, (0, 0))[1] for each, of in routes.items() if each != who for m in minutes
    )
    return failed >= 3 and Fraction(failed, valid) >= Fraction(1, 5)


def others_work(
    series: Mapping[Who, Series], site: Who, who: Who, outage: Found, last: int, newest: int
) -> bool:
    """Return whether other routes had 3 successes before the route failed again.

    If 30 % of the requests in the outage succeeded, only routes that failed in it count.
    """
    again = min([m for m, (_, bad) in series[who].items() if bad and m > last], default=newest + 1)
    inside = [series[site].get(m, (0, 0)) for a, b in outage.stretches for m in range(a, b + 1)]
    partial = Fraction(sum(good for good, _ in inside), sum(map(sum, inside))) >= Fraction(30, 100)
    others = [
        of
        for each, of in series.items()
        if each not in (site, who)
        and (not partial or any(of.get(m, (0, 0))[1] for m in range(outage.start, outage.last + 1)))
    ]
    return sum(of.get(m, (0, 0))[0] for of in others for m in range(outage.last + 1, again)) >= 3


def new_to_the_site(
    whole: list[Found], routes: Mapping[Who, list[Found]], series: Mapping[Who, Series]
) -> list[Found]:
    """Leave out episodes of the site if four fifths of their failures are of routes that failed before."""
    left: list[Found] = []
    for each in whole:
        minutes = range(each.start, each.bad + 1)
        known = {
            who
            for who, episodes in routes.items()
            for one in episodes
            if one.start + 10 < each.start and (one.recovered is None or one.last >= each.start)
        }
        failures = sum(of.get(m, (0, 0))[1] for of in series.values() for m in minutes)
        of_known = sum(series[who].get(m, (0, 0))[1] for who in known for m in minutes)
        goes_on = bool(left) and each.start <= left[-1].last + 30
        if goes_on or not known or Fraction(of_known, failures) < Fraction(4, 5):
            left.append(each)
    return left


def joined(
    episodes: Mapping[Who, list[Found]], site: Who, series: Mapping[Who, Series]
) -> list[set[tuple[Who, int]]]:
    """Join episodes to incidents, which are sets of (route, start)."""
    left = sorted(
        (each.start, who == site, who[::-1], who, each)
        for who in episodes
        for each in episodes[who]
    )
    # An episode that began or became bad while the site failed is part of the site's incident.
    taken: dict[tuple[Who, int], list[tuple[Who, int]]] = {}
    for one in list(left):
        for each in episodes[site] if one[3] != site else ():
            start = since(one[4], each, series[one[3]], series[site])
            if start is None:
                of_others = {who: of for who, of in series.items() if who not in (site, one[3])}
                start = since_everywhere(one[4], each, series[one[3]], of_others)
            if start is not None:
                taken.setdefault((site, each.start), []).append((one[3], start))
                left.remove(one)
                break
    incidents: list[set[tuple[Who, int]]] = []
    while left:
        first = left[0]
        together = [one for one in left if one[0] <= first[0] + 10 and lasts(first[4], one[0])]
        if sum(one[3] != site for one in together) >= 2:
            together += late(left, first, together, site, series)
        left = [one for one in left if one not in together]
        found = {(who, start) for start, _, _, who, _ in together}
        for key in list(found):
            found.update(taken.get(key, ()))
        incidents.append(found)
    return incidents


def late(
    left: list[Any], first: Any, together: list[Any], site: Who, series: Mapping[Who, Series]
) -> list[Any]:
    """Return the quiet routes that begin up to an hour later, without a success after ten minutes."""
    return [
        one
        for one in left
        if one not in together
        and one[3] != site
        and one[0] <= first[0] + 60
        and lasts(first[4], one[0])
        and not any(series[one[3]].get(m, (0, 0))[0] for m in range(first[0] + 11, one[0]))
    ]


def since_everywhere(
    one: Found, site: Found, series: Series, others: Mapping[Who, Series]
) -> int | None:
    """Return the minute from which on an episode is part of a partial outage of the site, or `None`."""
    if one.bad < site.start or not lasts(site, one.bad):
        return None
    if one.start < site.start <= one.start + 10:
        return None
    begin, end = max(stretch for stretch in site.stretches if stretch[0] <= one.bad)
    begin = max(begin, one.bad - 29)
    if not fail_everywhere(others, range(begin, one.bad + 1)):
        return None
    until = min(one.last, end, one.bad + 1500)
    until = max(until, one.bad)
    elsewhere = [of[m] for of in others.values() for m in range(begin, until + 1) if m in of]
    share = Fraction(sum(bad for _, bad in elsewhere), sum(sum(both) for both in elsewhere))
    start = max(one.start, *(first for first, _ in site.stretches if first <= one.bad))
    own = [series[m] for m in range(start, until + 1) if m in series]
    failures, valid = sum(bad for _, bad in own), sum(sum(both) for both in own)
    if failures > valid * share and tail(failures, valid, share) <= Fraction(1, 10**6):
        return None
    return min(m for m, (_, bad) in series.items() if bad and m >= max(one.start, site.start))


def fail_everywhere(others: Mapping[Who, Series], span: range) -> bool:
    """Return whether other routes fail, too: half of them, and the rest. The worst one is left out."""
    asked = []
    for (label, rule), of in others.items():
        good, bad = sum(of.get(m, (0, 0))[0] for m in span), sum(of.get(m, (0, 0))[1] for m in span)
        if good + bad:
            asked.append((-bad, rule, label, good, bad))
    left = [(good, bad) for *_, good, bad in sorted(asked)[1:]]
    enough = [both for both in left if sum(both) >= 5]
    few = [both for both in left if sum(both) < 5]
    of_enough = sum(sum(both) for both in enough)
    of_failing = sum(sum(both) for both in enough if a_fifth(*both))
    if not left or of_failing < Fraction(of_enough, 2):
        return False
    return not few or a_fifth(sum(good for good, _ in few), sum(bad for _, bad in few))


def a_fifth(good: int, bad: int) -> bool:
    """Return whether there is at least one failure, and at least 20 % failed."""
    return bad >= 1 and Fraction(bad, good + bad) >= Fraction(1, 5)


def lasts(episode: Found, minute: int) -> bool:
    """Return whether an episode is not over before a minute."""
    return episode.recovered is None or minute <= episode.last


def since(one: Found, site: Found, series: Series, of_site: Series) -> int | None:
    """Return the minute from which on an episode of a route is part of the site's, or `None`.

    It began or was first bad while the site was down. What was before the site's beginning is left out.
    """
    if one.start >= site.start and not lasts(site, one.start):
        return None
    for minute in (one.start, one.bad):
        if minute >= site.start and lasts(site, minute):
            begin = max(first for first, _ in site.stretches if first <= minute)
            if below_major(of_site, begin, minute):
                return min(
                    m for m, (_, bad) in series.items() if bad and m >= max(one.start, site.start)
                )
    return None


def below_major(of_site: Series, begin: int, minute: int) -> bool:
    """Return whether fewer than 30 % of the requests in the last 5 judged minutes succeeded."""
    counts = [of_site[m] for m in range(begin, minute + 1) if m in of_site][-5:]
    success, valid = sum(good for good, _ in counts), sum(good + bad for good, bad in counts)
    return Fraction(success, valid) < Fraction(30, 100)
