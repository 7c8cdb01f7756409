"""`report --groups`: from the option or the configuration, in every medium."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
NOW = ("--now", "2026-11-23T12:00Z")


@pytest.fixture(autouse=True)
def read_log(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "groups.log"
    log.write_text(
        "".join(
            f'10.0.0.1 - - [23/Nov/2026:11:30:00 +0000] "GET {path} HTTP/1.1" {status} 5\n'
            for path, status in [
                ("/", 200),
                ("/users", 200),
                ("/users/1", 200),
                ("/users/2", 500),
                ("/users/3", 500),
                ("/users/4", 500),
                ("/wp-login.php", 404),
            ]
        )
    )
    assert call("ingest", "-q", log).status == 0


def groups(call: Call, *options: str) -> dict[str, tuple[str, int]]:
    found = json.loads(call("report", *NOW, "--json", *options).out)["groups"]
    return {group["name"]: (group["now"], group["requests"]) for group in found}


PREFIXES = {"/users": ("major_outage", 5), "/": ("operational", 1)}


def test_there_are_no_groups_unless_they_are_asked_for(call: Call) -> None:
    assert groups(call) == groups(call, "--groups", "none") == {}
    assert groups(call, "--groups", "prefix") == PREFIXES


def test_the_option_groups_overrides_the_configuration(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flask-status.toml").write_text('groups = "prefix"\n')
    assert groups(call) == PREFIXES
    assert groups(call, "--groups", "none") == {}


@pytest.mark.parametrize(
    ("medium", "line"),
    [
        # 2 successes of 5 are no major outage; 1 of 4, as its worst route has, is
        ((), "✕ Major Outage /users 40.00% 5 3 "),
        (("--csv",), ",/users/<int:id>,,major_outage,"),
        (("--markdown",), "| **✕ Major Outage** | **`/users`** | **40.00%** | **5** | **3** |"),
    ],
)
def test_a_group_has_a_line_in_every_text(medium: tuple[str, ...], line: str, call: Call) -> None:
    out = call("report", *NOW, "--groups", "prefix", *medium).out
    assert line in " ".join(out.split())


def test_csv_has_its_documented_columns_and_the_group_behind_them(call: Call) -> None:
    documented = "label,rule,name,now,condition,availability,requests,success,failure,ignored"
    assert call("report", *NOW, "--csv").out.splitlines()[0] == documented
    grouped = call("report", *NOW, "--csv", "--groups", "prefix").out.splitlines()
    assert grouped[0] == f"{documented},group,group_now"
    assert {line.rpartition(",0,")[2] for line in grouped[1:3]} == {"/users,major_outage"}
