"""`flask-status config`, and a configuration's way into every command."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.cli import run

Told = Any


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a log and no configuration yet."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def say(here: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def say(*arguments: object) -> tuple[int, str, str]:
        status = run([*map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return say


def test_with_configured_logs_no_command_needs_an_argument(
    here: Path, log: Path, say: Told
) -> None:
    (here / "flask-status.toml").write_text(f'logs = ["{log}"]\ndb = "status.db"\n')
    status, _, err = say("ingest")
    assert status == 0
    assert "4 entries" in err
    assert (here / "status.db").exists()
    status, out, _ = say("report", "--now", "last", "--csv")
    assert status == 0
    assert "/users/<int:id>" in out


def test_without_logs_the_configuration_is_named(say: Told) -> None:
    status, _, err = say("ingest")
    assert status == 2
    assert "flask-status.toml" in err


def test_options_override_the_configuration(
    here: Path, log: Path, say: Told, tmp_path: Path
) -> None:
    (here / "flask-status.toml").write_text(
        f'logs = ["{log}"]\ndb = "status.db"\ndays = 3\ntimezone = "Asia/Tokyo"\nlabel = "shop"\n'
        'exclude = ["/users/*"]\n[policy]\npreset = "server-errors"\n'
    )
    say("ingest", "-q")

    def report(*options: str) -> Any:
        return json.loads(say("report", "--now", "last", "--json", *options)[1])

    found = report()
    assert (found["window"]["days"], found["timezone"]) == (3, "Asia/Tokyo")
    assert found["policy"]["preset"] == "server-errors"
    assert {(r["label"], r["rule"]) for r in found["routes"]} == {
        ("shop", "/"),
        ("shop", "<unmatched>"),
    }
    found = report("--days", "5", "--timezone", "UTC", "--policy", "standard")
    assert (found["window"]["days"], found["timezone"]) == (5, "UTC")
    assert found["policy"]["preset"] == "standard"
    excluded = report("--exclude", "/")
    assert [r["rule"] for r in excluded["routes"]] == ["<unmatched>"], "--exclude adds to it"


def test_a_wrong_configuration_is_one_line_and_exit_status_1(here: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text("dayz = 3\ndays = 0\n")
    for command in (["report"], ["ingest", "x.log"], ["counts"], ["db", "info"]):
        status, _, err = say(*command)
        assert status == 1
        assert err == (
            f"flask-status: {here}/flask-status.toml:1: dayz: no such key; did you mean days? "
            "1 more: flask-status config check\n"
        )


def test_help_works_with_an_invalid_configuration(here: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text("dayz = 3\n")
    assert say("report", "--help")[0] == 0


def test_config_check_reports_all_errors_and_sets_the_exit_status(here: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text("days = 3\n")
    assert say("config", "check") == (0, "", "")
    (here / "flask-status.toml").write_text(
        'dayz = 3\ntimezone = "Mars/Olympus"\nformat = "combned"\n'
    )
    status, out, err = say("config", "check")
    assert (status, out) == (1, "")
    where = f"flask-status: {here}/flask-status.toml"
    assert err.splitlines() == [
        f"{where}:1: dayz: no such key; did you mean days?",
        f"{where}:2: timezone: 'Mars/Olympus' is not a time zone; try for example Europe/Berlin or UTC",
        (
            f"{where}:3: format: 'combned' is not a known format, an Apache LogFormat or an nginx "
            "log_format; did you mean combined?"
        ),
    ]


def test_check_says_that_there_is_no_file_to_check(say: Told) -> None:
    status, out, err = say("config", "check")
    assert (status, out) == (0, "")
    assert err == (
        "flask-status: no configuration file was found; flask-status config path lists the places\n"
    )


def test_a_format_is_named_in_any_case(here: Path, log: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text('format = "Combined"\ndb = "status.db"\n')
    assert say("config", "check") == (0, "", "")
    assert say("ingest", "--dry-run", log)[0] == 0
    assert say("ingest", "--dry-run", "--format", "COMBINED", log)[0] == 0


def test_config_check_reports_everything_that_does_not_exist(here: Path, say: Told) -> None:
    (here / "empty").mkdir()
    (here / "status.db").mkdir()
    (here / "logo.png").write_text("no image")
    (here / "flask-status.toml").write_text(
        'logs = ["gone.log", "logs/*.log", "empty"]\ndb = "status.db"\ndays = 60\n'
        '[page]\nlogo = "logo.png"\n[notify]\nexec = ["page-nobody"]\n[retention]\ndays = 40\n'
    )
    status, out, err = say("config", "check")
    assert (status, out) == (1, "")
    where = f"flask-status: {here}/flask-status.toml"
    assert err.splitlines() == [
        (
            f"{where}:3: days: 60 is more than retention.days, which is 40; "
            "the first days of each report would be empty; keep more days, or show fewer"
        ),
        f"{where}:1: logs: {here}/gone.log: no such log; check the path",
        f"{where}:1: logs: {here}/logs/*.log: no file matches; check the pattern",
        (
            f"{where}:1: logs: {here}/empty: no log was found in this directory; "
            "name a log, or the directory it is in"
        ),
        f'{where}:2: db: {here}/status.db is a directory; name a file in it: "…/status.db"',
        f"{where}:5: page.logo: {here}/logo.png is not an image; use an SVG, PNG, JPEG, GIF or WebP file",
        (
            f"{where}:7: notify.exec: [1]: 'page-nobody' is not a command that you may run; "
            "give its full path, and make it executable"
        ),
    ]


def test_config_check_warns_of_patterns_without_routes_and_routes_that_cannot_fail(
    here: Path, log: Path, say: Told
) -> None:
    (here / "flask-status.toml").write_text(
        f'logs = ["{log}"]\ndb = "x.db"\nexclude = ["/users/*", "/usres/*"]\n'
        'keep = ["/user/*"]\n'
        '[[policy.routes]]\nrule = "/users/*"\nfailure = []\n'
        '[[policy.routes]]\nrule = "/shop"\nmajor = 0.1\n'
    )
    warning = f"flask-status: warning: {here}/flask-status.toml"
    never = (
        f"{warning}:5: policy.routes[1]: no code is a failure: "
        "an outage of '/users/*' would never show; list what is a failure, for example [\"5xx\"]"
    )
    assert say("config", "check") == (0, "", never + "\n"), "no route is known yet"
    assert say("ingest", "-q")[0] == 0
    status, _, err = say("config", "check")
    assert status == 0
    assert err.splitlines() == [
        f"{warning}:3: exclude: '/usres/*' matches no route; see flask-status routes list",
        f"{warning}:4: keep: '/user/*' matches no route; see flask-status routes list",
        f"{warning}:5: policy.routes[2].rule: '/shop' matches no route; see flask-status routes list",
        never,
    ]


def test_a_policy_that_hides_outages_stops_every_command(here: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text("[policy]\nfailure = ['6xx']\n")
    for command in (["report"], ["check"], ["ingest", "x.log"]):
        status, out, err = say(*command)
        assert status == (3 if command == ["check"] else 1)
        assert "policy.failure[1]: '6xx' is a status that no server sends or logs" in out + err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[policy]\nmajor = 0",
            (
                ":2: policy: major is 0, so there would never be a Major Outage; "
                "give a share above 0, for example 0.3"
            ),
        ),
        (
            "[policy]\nmajor = 0.995",
            (
                ":2: policy: operational (0.99) is less than major (0.995); "
                "a day could have both states; give a larger share"
            ),
        ),
        (
            "[[policy.routes]]\nrule = '/a'\noperational = 0.2",
            (
                ":1: policy.routes[1]: operational (0.2) is less than major (0.3); "
                "a day could have both states; give a larger share"
            ),
        ),
        (
            "[[routes]]\nrule = '/<nix:id>'",
            ":1: routes: '/<nix:id>' is not a valid rule: the converter 'nix' does not exist; ",
        ),
    ],
)
def test_config_check_reports_valid_values_that_cannot_work(
    here: Path, say: Told, text: str, message: str
) -> None:
    (here / "flask-status.toml").write_text(text)
    status, _, err = say("config", "check")
    assert status == 1
    assert message in err


def test_config_check_reports_variables_that_set_nothing(
    say: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_STATUS_TIMZONE", "UTC")
    monkeypatch.setenv("FLASK_STATUS_ROUTES", "/")
    status, _, err = say("config", "check")
    assert status == 1
    assert err.splitlines() == [
        (
            "flask-status: FLASK_STATUS_ROUTES: this cannot be set in a variable; "
            "write it into flask-status.toml"
        ),
        "flask-status: FLASK_STATUS_TIMZONE: no such variable; did you mean FLASK_STATUS_TIMEZONE?",
    ]


def test_an_unknown_time_zone_is_reported_with_its_line(here: Path, log: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text('log_timezone = "Europe/Berln"\n')
    status, _, err = say("--db", "x.db", "ingest", log)
    assert status == 2
    assert f"{here}/flask-status.toml:1: log_timezone: 'Europe/Berln' is not a time zone" in err
    assert "did you mean Europe/Berlin?" in err


def test_config_show_prints_every_origin(
    here: Path, say: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "flask-status.toml").write_text("days = 3\n")
    monkeypatch.setenv("FLASK_STATUS_TITLE", "Shop")
    _, out, _ = say("--db", "x.db", "config", "show", "--origin")
    lines = {
        line.split(" = ")[0]: line.rpartition("  # ")[2]
        for line in out.splitlines()
        if " = " in line
    }
    assert lines["db"] == "--db"
    assert lines["days"] == f"{here}/flask-status.toml:1"
    assert lines["title"] == "FLASK_STATUS_TITLE"
    assert lines["preset"] == "default"


def test_the_output_of_config_show_is_the_same_configuration(here: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text(
        r"""
        logs = ["a.log"]
        title = "Tab\tquote\" \u202e \u007f \U0001f600"
        stale_after = "90s"
        [policy]
        operational = 0.999
        success = ["2xx", 401]
        [[policy.routes]]
        rule = "/a"
        major = 0.25
        [[routes]]
        rule = "/<x>"
        methods = ["GET"]
        [page.links]
        "A b" = "https://example.org/"
        [notify]
        exec = [["a", "b"], ["c"]]
        """
    )
    _, shown, _ = say("config", "show", "--origin")
    assert tomllib.loads(shown)["policy"]["operational"] == 0.999
    (here / "again.toml").write_text(shown)
    assert say("--config", "again.toml", "config", "show") == say("config", "show")


def test_config_path_lists_the_files_by_priority(here: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text("")
    _, out, _ = say("config", "path")
    assert out.splitlines() == [
        f"{here}/flask-status.toml",
        "/nonexistent/flask-status/flask-status.toml  (does not exist)",
        "/etc/flask-status/flask-status.toml  (does not exist)",
    ]


@pytest.mark.parametrize("kind", ["cron", "systemd"])
def test_a_schedule_reads_the_same_configuration(
    here: Path, say: Told, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "flask-status.toml").write_text('logs = ["a.log"]\ndb = "x.db"\n')
    _, out, _ = say("schedule", kind)
    (line,) = [line for line in out.splitlines() if " ingest " in line]
    assert f"--config {here}/flask-status.toml --db {here}/x.db ingest" in line
    assert "a.log" not in line, "it is read from the configuration each time"
    _, out, _ = say("schedule", kind, "b.log")
    assert f"{here}/b.log" in out
    monkeypatch.chdir("/")
    _, out, _ = say("--config", f"{here}/flask-status.toml", "schedule", kind)
    assert f"--config {here}/flask-status.toml" in out


@pytest.mark.parametrize("kind", ["cron", "systemd"])
def test_a_schedule_without_logs_names_the_configuration(say: Told, kind: str) -> None:
    status, _, err = say("schedule", kind)
    assert status == 2
    assert "flask-status.toml" in err


def test_a_service_may_read_logs_below_home_that_the_configuration_names(
    here: Path, say: Told
) -> None:
    (here / "flask-status.toml").write_text('logs = ["/home/me/a.log"]\ndb = "/var/lib/x/x.db"\n')
    assert "ProtectHome=read-only" in say("schedule", "systemd")[1]


def test_the_option_policy_replaces_configured_codes(here: Path, log: Path, say: Told) -> None:
    (here / "flask-status.toml").write_text(
        f'logs = ["{log}"]\ndb = "x.db"\n[policy]\nfailure = [500]\nmajor = 0.1\n'
        '[[policy.routes]]\nrule = "/users/*"\nsuccess = ["2xx", 500]\nfailure = []\n'
    )
    say("ingest", "-q")

    def told(*options: str) -> Any:
        return json.loads(say("report", "--now", "last", "--json", *options)[1])

    found = told()
    assert found["policy"]["failure"] == [500]
    assert found["total"]["failure"] == 0, "the only 500 is one of /users/*"
    asked = told("--policy", "standard")["policy"]
    assert (asked["failure"], asked["major"]) == ([404, "5xx"], "0.1")
    assert asked["routes"] == found["policy"]["routes"]
    _, table, _ = say("report", "--now", "last")
    assert "Judged differently: /users/*" in table
    assert "Major Outage below 10 %" in table


def test_nothing_of_toml_is_imported_where_there_is_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "flask_status_cli", "config", "path"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "flask_status_cli.config.load" in imported
    assert "tomllib" not in imported
