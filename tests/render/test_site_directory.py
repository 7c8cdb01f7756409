"""The files of a site: which there are, what is left alone, and what is told when they cannot be written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.errors import OutputError
from flask_status_cli.output.site_directory import WrittenSite, write
from flask_status_cli.render.html import PageOptions, render
from flask_status_cli.render.json import report_json
from flask_status_cli.render.site import PAGE, files
from flask_status_cli.render.site.badge import MARK
from flask_status_cli.render.text.words import ENGLISH

if TYPE_CHECKING:
    from tests.render.conftest import Example

BESIDE = [
    "status.json", "summary.json", "api/v2/summary.json", "api/v2/status.json", "feed.atom",
    "badge.json", "badge.svg",
]  # fmt: skip


def site(example: Example) -> dict[str, bytes]:
    return dict(
        files(example.troubled(), ENGLISH, PageOptions("Shop"), url="https://status.example.org")
    )


def found(directory: Path) -> set[str]:
    return {p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file()}


def test_a_site_is_the_page_and_its_other_files(example: Example) -> None:
    names = list(site(example))
    badges = [name for name in names if name.startswith("badges/")]
    assert len(badges) == 10  # a route each, none for <unmatched>
    assert names == [*BESIDE, *badges, PAGE]  # the page last: what it leads to is there by then


def test_the_parts_are_those_that_are_made_alone(example: Example) -> None:
    made = site(example)
    assert made["status.json"].decode() == report_json.render(example.troubled())
    assert made["summary.json"] == made["api/v2/summary.json"]
    assert json.loads(made["api/v2/status.json"])["page"]["name"] == "Shop"


def test_a_site_without_a_title_has_the_pages(example: Example) -> None:
    made = files(example.shop(), ENGLISH, PageOptions(), url="")
    assert json.loads(made["summary.json"])["page"]["name"] == "Status"


def test_the_same_summary_makes_the_same_bytes(example: Example) -> None:
    assert site(example) == site(example)


def test_a_missing_directory_is_made(example: Example, tmp_path: Path) -> None:
    made = site(example)
    assert write(tmp_path / "www" / "status", made) == WrittenSite(len(made), len(made))
    assert found(tmp_path / "www" / "status") == set(made)
    for name, data in made.items():
        assert (tmp_path / "www" / "status" / name).read_bytes() == data


def test_unchanged_files_are_not_written_again(example: Example, tmp_path: Path) -> None:
    made = site(example)
    write(tmp_path, made)
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (1, 1))
    (tmp_path / "feed.atom").write_bytes(b"old")
    assert write(tmp_path, made) == WrittenSite(len(made), 1)
    touched = {p.name for p in tmp_path.rglob("*") if p.is_file() and p.stat().st_mtime > 1}
    assert touched == {"feed.atom"}
    assert (tmp_path / "feed.atom").read_bytes() == made["feed.atom"]


def test_only_badges_of_routes_that_are_gone_are_removed(example: Example, tmp_path: Path) -> None:
    badges = tmp_path / "badges"
    badges.mkdir()
    foreign = {
        "logo.svg": MARK,  # no name of ours
        "gone-0badc0de.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",  # no badge of ours
        "gone-0badc0de.png": MARK,
    }
    for name, text in foreign.items():
        (badges / name).write_text(text)
    (tmp_path / "robots.txt").write_text("User-agent: *")
    (badges / "link-0badc0de.svg").symlink_to(badges / "logo.svg")
    (badges / "gone-1badc0de.svg").write_text(MARK + ">")
    made = site(example)
    write(tmp_path, made)
    kept = {f"badges/{name}" for name in (*foreign, "link-0badc0de.svg")}
    assert found(tmp_path) == {*made, *kept, "robots.txt"}


def test_the_disk_is_waited_for_but_not_for_every_badge(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    made = site(example)
    write(tmp_path / "badges", made)  # whatever the directory is called
    files_besides = len(made) - 10
    assert len(waited) == files_besides + 2  # and the two directories that hold their names


def test_a_site_is_not_written_through_links(example: Example, tmp_path: Path) -> None:
    """Whoever may write to the directory could have planted them."""
    www, secret = tmp_path / "www", tmp_path / "secret"
    www.mkdir()
    secret.write_bytes(b"secret")
    (www / "badge.svg").symlink_to(secret)
    with pytest.raises(OutputError, match=r"badge\.svg: is a symbolic link; remove it"):
        write(www, site(example))
    assert secret.read_bytes() == b"secret"
    assert not (www / PAGE).exists()


def test_directories_of_a_site_are_not_made_through_links_of_others(
    example: Example, tmp_path: Path
) -> None:
    www, etc = tmp_path / "www", tmp_path / "etc"
    www.mkdir()
    etc.mkdir()
    (www / "api").symlink_to(etc)
    (www / "badges").symlink_to(etc)
    if os.geteuid() == 0:
        for name in ("api", "badges"):
            os.chown(www / name, 65534, 65534, follow_symlinks=False)
        with pytest.raises(OutputError, match=r"api: is a symbolic link of another user"):
            write(www, site(example))
        assert not list(etc.iterdir())
    write(www, site(example), follow_links=True)
    assert (etc / "v2" / "summary.json").exists()


def test_new_files_can_be_read_by_a_web_server(example: Example, tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write(tmp_path / "www", site(example))
    finally:
        os.umask(mask)
    for path in (tmp_path / "www").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize("name", ["www", "www/status"])
def test_a_file_is_no_directory(name: str, tmp_path: Path) -> None:
    (tmp_path / "www").write_text("")
    with pytest.raises(OutputError, match=r"is not a directory; name a directory$"):
        write(tmp_path / name, {"index.html": b""})


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r": cannot be created: file name too long$"):
        write(tmp_path / ("x" * 300), {"index.html": b""})


def test_the_page_of_a_site_leads_readers_to_the_feed_and_is_else_the_same(
    example: Example,
) -> None:
    page = site(example)[PAGE].decode()
    link = '<link rel="alternate" type="application/atom+xml" title="Shop" href="feed.atom">\n'
    seen = ' · <a href="feed.atom">Incidents as a feed</a>'
    without = page.replace(link, "", 1).replace(seen, "", 1)
    assert without == render(example.troubled(), ENGLISH, PageOptions("Shop"))
    assert link in page
    assert seen in page


def test_as_many_routes_have_a_badge_as_the_page_lists(example: Example) -> None:
    made = files(example.shop(), ENGLISH, PageOptions(max_routes=3), url="")
    assert sum(name.startswith("badges/") for name in made) == 3
