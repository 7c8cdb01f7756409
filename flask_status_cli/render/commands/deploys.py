"""The output of the `deploy` commands: a line for each deploy, or one deploy in detail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from flask_status_cli.model.deploys import Deploy, DeployComparison, ShownDeploy
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text import deploys, incidents
from flask_status_cli.render.text.words import ENGLISH, Words, instant

LONGEST_NOTE = 1000

GAP = "  "


def line(deploy: Deploy, zone: tzinfo, words: Words = ENGLISH) -> str:
    """Return a line about a deploy: `3: 2026-11-23 10:00 UTC, v1.2 (label shop): new checkout`."""
    named = words.say("deploy.label", label=printable(deploy.label))
    label = f" ({named})" if deploy.label else ""
    note = f": {printable(deploy.note, LONGEST_NOTE)}" if deploy.note else ""
    return f"{deploy.id}: {instant(deploy.at, zone)}, {printable(deploy.version)}{label}{note}"


def lines(shown: ShownDeploy, words: Words) -> Iterator[str]:
    """Yield the time of a deploy, its note, the requests before and after it, the incidents after it."""
    found, zone = shown.summary, shown.zone
    at = instant(found.deploy.at, zone)
    version, number = deploys.name(found.deploy), str(found.deploy.id)
    yield words.say("deploy.heading", version=version, at=at, id=number)
    if found.deploy.note:
        yield printable(found.deploy.note, LONGEST_NOTE)
    yield ""
    if found.comparison is None:
        yield deploys.no_comparison(found, words) or ""
    else:
        yield from _table(found.comparison, zone, words)
        yield deploys.extent(found.comparison, words)
    for each in shown.incidents:
        yield ""
        yield f"{incidents.title(each, words)}{GAP}{each.id}"
        yield from incidents.sentences(each, zone, words)
    if shown.incidents:
        yield ""
        yield words.say("deploy.no_proof")


def _table(both: DeployComparison, zone: tzinfo, words: Words) -> Iterator[str]:
    rows = [
        ("", words.say("deploy.before"), words.say("deploy.after")),
        (words.say("deploy.from"), *(instant(e.start, zone) for e in (both.before, both.after))),
        (words.say("deploy.to"), *(instant(e.end, zone) for e in (both.before, both.after))),
        *deploys.figures(both, words),
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for first, *rest in rows:
        cells = (text.rjust(width) for text, width in zip(rest, widths[1:], strict=True))
        yield GAP.join([first.ljust(widths[0]), *cells])
