"""The deploys on the page: those before incidents, and a table with the requests before and after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Incident, StatusSummary
from flask_status_cli.model.deploys import Deploy, DeploySide, DeploySummary
from flask_status_cli.render.escape import printable
from flask_status_cli.render.html.instants import Instant, instant
from flask_status_cli.render.text import deploys
from flask_status_cli.render.text.incidents import anchor, title
from flask_status_cli.render.text.words import Words

MOST, LONG, ON_A_LONG_PAGE = 10, 40, 3
"""The page lists the 10 latest deploys, or the 3 latest if it has more than 40 routes. The JSON has all."""

NOTE = 200
"""The longest part of a note that is shown, in characters."""

SHELL, ROW, PLACE, STRIP, NEAR, HOURS = 2000, 350, 60, 20, 120, 150
"""The estimated sizes of the parts that deploys add to a page, in bytes.

- `SHELL`: the style, the legend and the headings. `ROW`: a row of the table without its texts.
- `PLACE`: a triangle in a drawing of marks, with its tip. `STRIP`: the reference of a strip to its marks.
- `NEAR`: the deploy at an incident. `HOURS`: the marks of a day by hours.
"""

VERSION = "\0"
"""A placeholder for the version in a phrase, at which the phrase is then split."""


@frozen
class DeployMention:
    """A sentence about an incident that began soon after a deploy: the text `before` and `after` the version.

    `place` is the id of the deploy on the page, `""` if the page does not list it.
    """

    before: str
    version: str
    after: str
    place: str


@frozen
class FollowingIncident:
    """An incident that began after a deploy: how much later, its title, and its id on the page."""

    later: str
    title: str
    id: str


@frozen
class DeployInWords:
    """A deploy as texts for the page.

    `sides` are (availability, answers with 5xx) before and after the deploy, empty without a comparison.
    `extent` says how long both periods are, or why there is no comparison.
    """

    id: str
    version: str
    label: str
    at: Instant
    note: str
    extent: str
    sides: tuple[tuple[str, str], ...]
    incidents: tuple[FollowingIncident, ...]


def listed_deploys(summary: StatusSummary) -> tuple[DeploySummary, ...]:
    """Return the deploys that the page lists."""
    return summary.deploys[: MOST if len(summary.routes) <= LONG else ON_A_LONG_PAGE]


def deploy_mention(
    incident: Incident, summary: StatusSummary, words: Words
) -> DeployMention | None:
    """Return the sentence about an incident that began soon after a deploy, `None` without a deploy."""
    deploy, minutes = incident.deploy, incident.minutes_after_deploy
    if deploy is None:
        return None
    key = "deploy.began" if minutes else "deploy.began_with"
    said = words.say(key, minutes=str(minutes), version=VERSION)
    before, _, after = f"{said[0].upper()}{said[1:]}".partition(VERSION)
    known = any(each.deploy == deploy for each in listed_deploys(summary))
    return DeployMention(before, printable(deploy.version), after, _place(deploy) if known else "")


def table(
    summary: StatusSummary, incidents: Sequence[Incident], words: Words
) -> Iterator[DeployInWords]:
    """Yield the deploys that the page lists, the latest first. `incidents` are those that the page lists."""
    by_id = {each.id: each for each in incidents}
    for each in listed_deploys(summary):
        both = each.comparison
        sides = () if both is None else (both.before, both.after)
        yield DeployInWords(
            id=_place(each.deploy),
            version=printable(each.deploy.version),
            label=printable(each.deploy.label),
            at=instant(each.deploy.at, summary.zone),
            note=printable(each.deploy.note, NOTE),
            extent=deploys.no_comparison(each, words)
            or (deploys.extent(both, words) if both else ""),
            sides=tuple(_side(side, words) for side in sides),
            incidents=tuple(
                _follower(by_id[name], words) for name in each.incidents if name in by_id
            ),
        )


def weight(summary: StatusSummary) -> int:
    """Return the approximate size of all that deploys add to a page, in bytes."""
    if not summary.deploys:
        return 0
    texts = sum(
        2 * len(each.deploy.version) + len(each.deploy.note[:NOTE])
        for each in listed_deploys(summary)
    )
    places = PLACE * min(len(summary.deploys), 3 * summary.window.days)
    rows = ROW * len(listed_deploys(summary)) + texts
    rows += NEAR * sum(each.deploy is not None for each in summary.incidents)
    return SHELL + rows + places + STRIP * (len(summary.routes) + len(summary.details))


def _side(side: DeploySide, words: Words) -> tuple[str, str]:
    errors = words.say(
        "deploy.errors",
        n=words.grouped(side.server_errors),
        requests=words.grouped(side.counts.requests),
    )
    return deploys.availability(side), errors


def _follower(incident: Incident, words: Words) -> FollowingIncident:
    minutes = incident.minutes_after_deploy
    key = "deploy.later" if minutes else "deploy.same"
    later = words.say(key, minutes=str(minutes))
    return FollowingIncident(later, title(incident, words), anchor(incident))


def _place(deploy: Deploy) -> str:
    return f"deploy-{deploy.id}"
