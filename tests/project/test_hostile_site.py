"""A hostile log, through the real parser and database, makes a site of which every file is well formed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser  # type: ignore[import-untyped] # it has no types
import pytest

from flask_status_cli.cli import run

TARGETS = [
    "/<script>alert(1)</script>",
    "/%3Cimg%20src=x%20onerror=alert(1)%3E",
    "/%253Cscript%253E",
    "/]]>",
    "/<!--<script>",
    "/</title></svg></feed>",
    "/&lt;b&gt;&amp;&#0;",
    "/%E2%80%AE/evil",
    "/%00/nul",
    "/%1B%5B2J",
    "/%FF%FE",
    "/%EF%BF%BE/noncharacter",
    "/%ED%A0%80/surrogate",
    "/..%2f..%2fetc/passwd",
    "/../../etc/passwd",
    "/C:\\windows",
    "/{{7*7}}/$&/%s",
    "/'onload='alert(1)",
    "//evil.example/x",
    "/javascript:alert(1)",
    "/" + "x" * 240,
    "/日本語",
    "/-",
    "/.",
    "/con",
]
MINUTES = 10


def entry(minute: int, target: str, status: int) -> bytes:
    stamp = f"23/Nov/2026:10:{minute:02}:30 +0000"
    return f'10.0.0.1 - - [{stamp}] "GET {target} HTTP/1.1" {status} 5\n'.encode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a log in which every target answers once, and then fails for ten minutes."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = [entry(0, target, 200) for target in TARGETS]
    lines += [entry(m, target, 500) for m in range(1, MINUTES) for target in TARGETS]
    (folder / "access.log").write_bytes(b"".join(lines))
    database = ["--db", str(folder / "status.db")]
    assert run([*database, "ingest", "-q", "--no-siblings", str(folder / "access.log")]) == 0
    where = ["--site", str(folder / "www"), "--now", "2026-11-23T10:10Z", "--timezone", "UTC"]
    assert run([*database, "report", "-q", *where]) == 0
    assert {each.name for each in folder.iterdir()} >= {"www", "access.log", "status.db"}
    return folder / "www"


def files(site: Path) -> list[Path]:
    return [path for path in site.rglob("*") if path.is_file()]


def document(path: Path) -> Any:
    return json.loads(path.read_bytes().decode("ascii"))


def test_there_is_an_incident_of_many_routes(site: Path) -> None:
    (incident,) = document(site / "summary.json")["incidents"]
    assert re.fullmatch(r"Outage of \d\d routes", incident["name"])
    assert incident["impact"] == "critical"
    (entry_read,) = feedparser.parse((site / "feed.atom").read_bytes()).entries
    assert entry_read.title == incident["name"]


def test_names_of_files_are_ours(site: Path) -> None:
    names = [path.relative_to(site).as_posix() for path in files(site)]
    badges = [name for name in names if name.startswith("badges/")]
    assert len(badges) == document(site / "summary.json")["components"][-1]["position"]
    assert all(re.fullmatch(r"badges/[a-z0-9-]+-[0-9a-f]{8}\.svg", name) for name in badges)
    assert {name for name in names if name not in badges} == {
        "index.html", "status.json", "summary.json", "api/v2/summary.json", "api/v2/status.json",
        "feed.atom", "badge.json", "badge.svg",
    }  # fmt: skip


def test_every_file_is_well_formed(site: Path) -> None:
    for path in files(site):
        text = path.read_bytes().decode("utf-8")
        shown = re.sub(
            r"(?<=\d)\u202f(?=[%×dhm])|(?<=[×dh])\u202f(?=\d)", "", text
        )  # our own, on the page
        assert not [c for c in shown if c != "\n" and not c.isprintable()], path.name
        if path.suffix == ".json":
            document(path)
        elif path.suffix == ".svg":
            tags = {each.tag.rpartition("}")[2] for each in ET.fromstring(text).iter()}
            assert tags == {"svg", "title", "path", "g", "text"}
            attributes = {name for each in ET.fromstring(text).iter() for name in each.attrib}
            assert not [name for name in attributes if name.startswith("on") or "href" in name]


def test_the_feed_holds_text_and_no_markup_but_ours(site: Path) -> None:
    found = feedparser.parse((site / "feed.atom").read_bytes())
    assert not found.bozo
    (content,) = ET.fromstring((site / "feed.atom").read_bytes()).iter(
        "{http://www.w3.org/2005/Atom}content"
    )
    inside = ET.fromstring(f"<div>{content.text}</div>")
    assert {each.tag for each in inside.iter()} == {"div", "p", "ul", "li"}
    assert not [each for each in inside.iter() if each.attrib]


def test_routes_are_named_as_the_log_has_them(site: Path) -> None:
    names = [each["name"] for each in document(site / "summary.json")["components"]]
    rules = [each["rule"] for each in document(site / "status.json")["routes"]]
    assert names == [rule for rule in rules if rule != "<unmatched>"]
