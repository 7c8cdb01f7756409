"""The marks of deploys below strips. The page contains each drawing once, with the texts of its tips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta

from flask_status_cli.frozen import frozen
from flask_status_cli.model import MINUTE, StatusSummary, StretchSummary
from flask_status_cli.model.deploys import Deploy
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text.words import Words

NAMED = 3
"""The tip of a period names at most this many versions."""

WITH_TIPS = 30
"""Tips name at most this many deploys, the latest ones. This limits the size of the page."""

VERSION = 40
"""The longest part of a version in a tip, in characters."""

NARROWEST, A_STRIP = 0.62, 48
"""The least width of a mark, in periods, and the number of marks that side by side fill a long strip."""

MIDDLE = 0.41
"""The middle of a period, without the gap after it."""


@frozen
class Mark:
    """A drawing of triangles below periods.

    `d` is its path. `tips` has a line for each triangle: the index of the period, a blank, and the text.
    """

    id: str
    d: str
    tips: str


@frozen
class Marks:
    """The marks of a page. Each method returns the id of a drawing, `""` if there is nothing to mark.

    `drawn` has the drawings made so far, and `by_label` the ids of those for the days of each label.
    """

    summary: StatusSummary
    words: Words
    drawn: dict[tuple[str, str], Mark] = field(default_factory=dict)
    by_label: dict[str, str] = field(default_factory=dict)

    @property
    def some(self) -> bool:
        """Whether there is any deploy to mark, so that strips need room below their periods."""
        return any(not each.to_come for each in self.summary.deploys)

    def days(self, label: str) -> str:
        """Mark the days of the report for the routes with a label."""
        if label not in self.by_label:
            first, zone = self.summary.window.first, self.summary.zone
            placed = (
                ((each.at.astimezone(zone).date() - first).days, each) for each in self._of(label)
            )
            self.by_label[label] = self._drawing(placed, most=self.summary.window.days)
        return self.by_label[label]

    def hours(self, label: str, day: date, hours: Sequence[StretchSummary]) -> str:
        """Mark the hours of a day."""
        zone = self.summary.zone
        today = [each for each in self._of(label) if each.at.astimezone(zone).date() == day]
        placed = (
            (place, each)
            for place, hour in enumerate(hours)
            for each in today
            if hour.start <= each.at < hour.end
        )
        return self._drawing(placed, most=len(hours))

    def minutes(self, label: str, start: datetime, length: int, *, step: int = 1) -> str:
        """Mark `length` periods of `step` minutes each, from `start` on."""
        end = start + timedelta(minutes=length * step)
        inside = (each for each in self._of(label) if start <= each.at < end)
        placed = (((each.at - start) // MINUTE // step, each) for each in inside)
        return self._drawing(placed, most=length)

    def _of(self, label: str) -> list[Deploy]:
        """Return the deploys that concern a label, oldest first."""
        return [
            each.deploy
            for each in reversed(self.summary.deploys)
            if not each.to_come and each.deploy.concerns(label)
        ]

    def _drawing(self, placed: Iterable[tuple[int, Deploy]], *, most: int) -> str:
        by_place: dict[int, list[Deploy]] = {}
        for place, deploy in placed:
            if 0 <= place < most:
                by_place.setdefault(place, []).append(deploy)
        if not by_place:
            return ""
        width = max(NARROWEST, most / A_STRIP)
        d = "".join(_triangle(place, width, most) for place in by_place)
        tips = "\n".join(self._tips(by_place))
        number = len(self.drawn)
        return self.drawn.setdefault((d, tips), Mark(f"d{number}", d, tips)).id

    def _tips(self, by_place: Mapping[int, Sequence[Deploy]]) -> Iterable[str]:
        latest = {each.deploy.id for each in self.summary.deploys[:WITH_TIPS]}
        for place, deploys in by_place.items():
            listed = [each for each in deploys if each.id in latest][-NAMED:]
            named = ", ".join(map(self._named, listed))
            more = len(deploys) - len(listed)
            if more:
                rest = self.words.many("deploy.more", more)
                named = f"{named}, {rest}" if named else rest
            yield f"{place} {self.words.say('deploy.tip', versions=named)}"

    def _named(self, deploy: Deploy) -> str:
        at = f"{deploy.at.astimezone(self.summary.zone):%H:%M}"
        return f"{printable(deploy.version, VERSION)} ({at})"


def _triangle(place: int, width: float, most: int) -> str:
    """Return the path of a triangle below a period, within a strip of `most` periods."""
    left = min(max(place + MIDDLE - width / 2, 0), max(most - width, 0))
    return f"M{_short(left)} 12h{_short(width)}l-{_short(width / 2)}-3z"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
