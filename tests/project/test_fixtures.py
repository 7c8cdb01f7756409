"""The log fixtures: each with its origin, its licence, and an expectation that does not come from us."""

from __future__ import annotations

import re
import tomllib
from ipaddress import ip_address
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LOGS = Path(__file__).parent.parent.parent / "fixtures/logs"
INDEX: dict[str, Any] = tomllib.loads((LOGS / "index.toml").read_text())
PATHS = [log["path"] for log in INDEX["log"]]
NOT_LOGS = {"index.toml", "by_hand.jsonl", "captured/exchanges.jsonl"}


def test_the_index_names_every_log_and_nothing_else() -> None:
    found = {str(path.relative_to(LOGS)) for path in LOGS.rglob("*") if path.is_file()}
    logs = {
        path
        for path in found
        if not path.startswith("licences/") and not path.endswith(".expected.jsonl")
    }
    assert logs - NOT_LOGS == set(PATHS)
    assert {path for path in found if path.endswith(".expected.jsonl")} == {
        f"{path}.expected.jsonl" for path in PATHS
    }


def test_every_folder_has_an_origin_and_a_licence_we_may_use() -> None:
    origins = {origin["folder"]: origin for origin in INDEX["origin"]}
    assert set(origins) == {path.partition("/")[0] for path in PATHS}
    for origin in origins.values():
        assert origin["source"]
        assert origin["copyright"]
        if origin["licence"] != "GPL-3.0-or-later":
            assert (LOGS / "licences" / f"{origin['licence']}.txt").is_file()


@pytest.mark.parametrize("path", PATHS)
def test_the_expectation_is_what_the_independent_method_counts(
    path: str, independent: ModuleType
) -> None:
    log = next(log for log in independent.logs() if log.path == path)
    assert log.expected.read_text() == independent.count(log).text()


@pytest.mark.parametrize("path", PATHS)
def test_an_expectation_adds_up(path: str, independent: ModuleType) -> None:
    expected = independent.read_expected((LOGS / f"{path}.expected.jsonl").read_text())
    assert expected.lines == (LOGS / path).read_bytes().count(b"\n")
    assert expected.lines == expected.entries + expected.noise + expected.refused
    assert expected.entries == sum(expected.cells.values())


@pytest.mark.parametrize("version", ["016", "10", "20", "22", "23", "31"])
def test_two_independent_methods_agree_on_werkzeug(version: str, independent: ModuleType) -> None:
    """What the client was answered, and what the end of the line says."""
    log = next(log for log in independent.logs() if log.path == f"captured/wz{version}.log")
    read = [independent.werkzeug(line, log.zone) for line in log.file.read_bytes().split(b"\n")]
    assert sorted(filter(None, read)) == sorted(
        cell for cell, requests in independent.count(log).cells.items() for _ in range(requests)
    )


def test_two_independent_methods_agree_on_gunicorn(independent: ModuleType) -> None:
    log = next(log for log in independent.logs() if log.path == "captured/gunicorn.access")
    assert independent.count_lines(log.file.read_bytes(), method="clf") == independent.count(log)


def test_every_line_settled_by_hand_has_a_reason_and_needs_one(independent: ModuleType) -> None:
    for log in independent.logs():
        lines = log.file.read_bytes().split(b"\n")
        for number in independent.by_hand(log):
            method = independent.METHODS[log.count]
            assert method(lines[number - 1].removesuffix(b"\r"), log.zone) is None, (
                log.path,
                number,
            )
    rows = (LOGS / "by_hand.jsonl").read_text().splitlines()
    assert all('"why": "' in row for row in rows)


def test_a_line_nobody_placed_is_an_error(independent: ModuleType) -> None:
    log = b'::1 - - [26/Dec/2016:16:16:28 +0200] "GET / HTTP/1.1" 200 45\nhello\n'
    with pytest.raises(ValueError, match=r"x\.log:2: not settled by hand"):
        independent.count_lines(log, method="clf", path="x.log")


def test_client_addresses_of_the_flask_site_are_masked() -> None:
    for path in LOGS.glob("flask-biosustain/*.log"):
        for address in re.findall(rb"\b\d{1,3}(?:\.\d{1,3}){3}\b", path.read_bytes()):
            assert not ip_address(address.decode()).is_global, address


def test_the_readme_of_the_fixtures_names_every_log_and_folder() -> None:
    readme = (LOGS.parent / "README.md").read_text()
    for path in PATHS:
        assert f"`{path}`" in readme
    for folder in LOGS.parent.iterdir():
        if folder.is_dir():
            assert f"`{folder.name}/`" in readme
