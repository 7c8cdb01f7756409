"""The incidents of a report as an Atom feed (RFC 4287). The same incidents give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flask_status_cli import __version__
from flask_status_cli.model import Incident, StatusSummary
from flask_status_cli.render.escape import encodable, printable
from flask_status_cli.render.json.report_json import instant
from flask_status_cli.render.text import incidents as incident_text
from flask_status_cli.render.text.words import Words

MOST = 50
"""The feed has this many incidents, the newest ones."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_OWNED_SINCE = "2026"
"""The year in every `tag:`. RFC 4151 demands a date at which the owner had the name. It must never change."""


def feed(summary: StatusSummary, words: Words, *, title: str, url: str) -> str:
    """Return the feed. `url` is the address of the site. If it is empty, links are relative."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": words.tag})
    SubElement(root, "id").text = _id(title, url, "incidents")
    SubElement(root, "title").text = printable(title)
    SubElement(root, "updated").text = _text(_feed_updated(summary))
    SubElement(SubElement(root, "author"), "name").text = printable(title)
    SubElement(root, "generator", {"version": __version__}).text = "flask-status"
    SubElement(root, "link", {"rel": "self", "href": _link(url, "feed.atom")})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": _link(url, "")})
    for incident in summary.incidents[:MOST]:
        root.append(_entry(incident, summary, words, title=title, url=url))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _entry(
    incident: Incident, summary: StatusSummary, words: Words, *, title: str, url: str
) -> Element:
    entry = Element("entry")
    SubElement(entry, "id").text = _id(title, url, f"incident/{incident.id}")
    SubElement(entry, "title").text = incident_text.title(incident, words)
    SubElement(entry, "published").text = _text(incident.start)
    SubElement(entry, "updated").text = _text(_updated(incident))
    page = _link(url, f"#{incident_text.anchor(incident)}")
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    SubElement(entry, "content", {"type": "html"}).text = "".join(_html(incident, summary, words))
    return entry


def _html(incident: Incident, summary: StatusSummary, words: Words) -> Iterator[str]:
    for sentence in incident_text.sentences(incident, summary.zone, words):
        yield f"<p>{escape(sentence)}</p>"
    rows = [
        f"<li>{escape(route)}{escape(f': {failed}' if failed else '')}</li>"
        for route, failed in incident_text.routes(incident, words)
    ]
    yield f"<ul>{''.join(rows)}</ul>"


def _updated(incident: Incident) -> datetime:
    """Return when an incident ended, or when it began if it is open.

    An incident that continues is not updated. Otherwise feed readers would show it as new each minute.
    """
    return incident.start if incident.end is None else incident.end


def _feed_updated(summary: StatusSummary) -> datetime:
    changes = [_updated(incident) for incident in summary.incidents]
    return max(changes, default=summary.data.first or summary.generated_at)


def _text(moment: datetime) -> str:
    return instant(moment) or ""


def _link(url: str, name: str) -> str:
    """Return the address of a file of the site.

    It is relative to the feed if the site's address is not known.
    """
    if not url:
        return name if name and not name.startswith("#") else f"index.html{name}"
    return printable(f"{url.rstrip('/')}/{name}", 2000)


def _id(title: str, url: str, name: str) -> str:
    """Return an id that never changes: a `tag:` with the site's host, else one made from its title."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if _HOST.fullmatch(host):
        path = quote(parts.path.strip("/"), safe="/-._~")
        return f"tag:{host},{_OWNED_SINCE}:{'/'.join(filter(None, ('flask-status', path, name)))}"
    return uuid5(NAMESPACE_URL, encodable(f"flask-status:{url or title}/{name}")).urn
