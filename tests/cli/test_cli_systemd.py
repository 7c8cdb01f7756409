"""The units that `schedule systemd` prints: whole, quoted as systemd reads, and verified by it."""

from __future__ import annotations

import getpass
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.cli.systemd_units import quoted

Call = Callable[..., Any]

FOLLOWING = """\
[Unit]
Description=Count the requests of the Flask app from its access log

[Service]
ExecStart=PROGRAM --db /var/lib/flask-status/status.db ingest --follow -q -- /var/log/nginx/access.log
Restart=on-failure
RestartSec=10s
KillMode=mixed
TimeoutStopSec=60s
User=www-data
StateDirectory=flask-status
ProtectHome=HOME
PrivateTmp=TMP
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
PrivateDevices=yes
PrivateNetwork=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def _fields(unit: str, key: str) -> list[str]:
    return [line.partition("=")[2] for line in unit.splitlines() if line.startswith(f"{key}=")]


def test_the_service_follows_the_log_and_may_write_its_database_only(call: Call) -> None:
    unit = call(
        "schedule", "systemd", "/var/log/nginx/access.log", "--user", "www-data",
        "--db", "/var/lib/flask-status/status.db",
    ).out  # fmt: skip
    found = re.sub(r"^ExecStart=.*?(?= --db)", "ExecStart=PROGRAM", unit, flags=re.MULTILINE)
    found = re.sub(r"^ProtectHome=(yes|read-only)$", "ProtectHome=HOME", found, flags=re.MULTILINE)
    assert (
        re.sub(r"^PrivateTmp=(yes|no)$", "PrivateTmp=TMP", found, flags=re.MULTILINE) == FOLLOWING
    )


def test_a_service_that_sends_messages_has_network_access(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flask-status.toml").write_text('[notify]\nwebhook = "https://example.com/x"\n')
    unit, page = call("schedule", "systemd", "access.log", "--html", "x.html").out.split("# flask")[
        1:3
    ]
    assert "PrivateNetwork" not in unit
    assert _fields(unit, "RestrictAddressFamilies") == ["AF_UNIX AF_INET AF_INET6"]
    assert _fields(page, "PrivateNetwork") == ["yes"]


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/var/log/nginx/access.log", "/var/log/nginx/access.log"),
        ("access-%Y.log", "access-%%Y.log"),
        ("cost$5", '"cost$$5"'),
        ("acc ess", '"acc ess"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("*.log", '"*.log"'),
        ("a;b#c'd", '"a;b#c\'d"'),
        ("line\nend", '"line\\x0aend"'),
        ("b\udcffd", '"b\\xffd"'),
        ("größe", '"größe"'),
        ("", '""'),
    ],
)
def test_words_are_quoted_as_systemd_reads_them(word: str, written: str) -> None:
    assert quoted(word) == written


@pytest.mark.parametrize(
    ("database", "key", "value"),
    [
        ("/var/lib/flask-status/status.db", "StateDirectory", "flask-status"),
        ("/var/lib/app/status/s.db", "StateDirectory", "app/status"),
        ("/var/lib/my app/s.db", "ReadWritePaths", '"/var/lib/my app"'),
        ("/var/lib/s.db", "ReadWritePaths", "/var/lib"),
        ("/srv/100%/s.db", "ReadWritePaths", "/srv/100%%"),
    ],
)
def test_only_the_directory_of_the_database_is_writable(
    call: Call, database: str, key: str, value: str
) -> None:
    unit = call("schedule", "systemd", "access.log", "--db", database).out
    assert _fields(unit, key) == [value]
    assert _fields(unit, "ReadWritePaths") + _fields(unit, "StateDirectory") == [value]


@pytest.mark.parametrize(
    ("log", "homes", "temporary"),
    [("/home/me/access.log", "read-only", None), ("/tmp/access.log", None, "no")],
)
def test_logs_in_homes_and_temporary_directories_stay_visible(
    call: Call, log: str, homes: str | None, temporary: str | None
) -> None:
    unit = call("schedule", "systemd", log, "--db", "/var/lib/s/s.db").out
    assert homes in (None, *_fields(unit, "ProtectHome"))
    assert temporary in (None, *_fields(unit, "PrivateTmp"))


@pytest.mark.parametrize(
    ("interpreter", "homes"), [("/opt/venv", "yes"), ("/home/me/venv", "read-only")]
)
def test_an_interpreter_in_a_home_can_be_started(
    call: Call, monkeypatch: pytest.MonkeyPatch, interpreter: str, homes: str
) -> None:
    """The script may lie elsewhere: its first line names the interpreter."""
    monkeypatch.setattr("sys.argv", ["/usr/local/bin/flask-status"])
    monkeypatch.setattr("sys.executable", f"{interpreter}/bin/python3")
    monkeypatch.setattr("sys.base_prefix", "/usr")
    unit = call("schedule", "systemd", "/var/log/a.log", "--db", "/var/lib/s/s.db").out
    assert _fields(unit, "ProtectHome") == [homes]


def test_the_page_has_a_service_and_a_timer_of_its_own(call: Call, tmp_path: Path) -> None:
    words = ["access.log", "--html", "/var/www/status.html", "--timezone", "UTC"]
    printed = call("schedule", "systemd", *words).out
    call("schedule", "systemd", *words, "-o", tmp_path)
    units = {path.name: path.read_text() for path in tmp_path.glob("*.*") if path.suffix != ".db"}
    names = ["flask-status.service", "flask-status-page.service", "flask-status-page.timer"]
    assert printed == "".join(f"# {name}\n{units[name]}\n" for name in names)
    page = units["flask-status-page.service"]
    assert _fields(page, "ExecStart")[0].endswith("--timezone UTC --html /var/www/status.html")
    assert _fields(page, "ReadWritePaths")[-1] == "/var/www"
    assert "OnCalendar=minutely" in units["flask-status-page.timer"]


def test_standard_input_is_no_log_for_a_service(call: Call) -> None:
    told = call("schedule", "systemd", "-")
    assert (told.status, "name a log" in told.err) == (2, True)


def test_systemd_finds_nothing_wrong_with_the_units(
    call: Call, tmp_path: Path, program: Callable[[str], str]
) -> None:
    analyze = program("systemd-analyze")
    log = tmp_path / 'a "strange" 100% $HOME \\ log' / "access*.log"
    page, user = tmp_path / "my page" / "status.html", getpass.getuser()
    where = ("--db", tmp_path / "data base" / "s.db", "--user", user)
    units = tmp_path / "units"
    units.mkdir()
    call("schedule", "systemd", log, "--html", page, *where, "-o", units)
    found = subprocess.run(
        [analyze, "verify", *units.iterdir()], capture_output=True, text=True, check=False
    )
    ours = [line for line in found.stderr.splitlines() if "flask-status" in line]
    assert (found.returncode, ours) == (0, [])
    broken = units / "flask-status.service"
    broken.write_text(broken.read_text().replace("Restart=on-failure", "Restart=sometimes"))
    found = subprocess.run([analyze, "verify", broken], capture_output=True, text=True, check=False)
    assert "sometimes" in found.stderr  # so it does tell


def test_one_service_follows_and_serves(call: Call) -> None:
    told = call(
        "schedule", "systemd", "access.log", "--serve", "--db", "/srv/s.db", "--timezone", "UTC"
    )
    log = Path("access.log").absolute()
    (command,) = _fields(told.out, "ExecStart")
    assert command.endswith(f"--db /srv/s.db serve -q --timezone UTC -- {log}")
    assert "PrivateNetwork=yes" not in told.out
    assert "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n" in told.out
    assert "Timer" not in told.out


def test_a_service_that_serves_is_given_the_name_of_the_host(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_STATUS_HOST", "we b$%1")
    told = call("schedule", "systemd", "access.log", "--serve", "--db", "postgresql://db.example/s")
    assert _fields(told.out, "Environment") == ['"FLASK_STATUS_HOST=we b$%%1"']
    monkeypatch.delenv("FLASK_STATUS_HOST")
    told = call("schedule", "systemd", "access.log", "--serve", "--db", "postgresql://db.example/s")
    assert _fields(told.out, "Environment") == []


def test_the_page_is_served_without_a_log(call: Call) -> None:
    told = call("schedule", "systemd", "--serve", "--db", "/srv/s.db")
    (command,) = _fields(told.out, "ExecStart")
    assert command.endswith("--db /srv/s.db serve -q")
    assert _fields(told.out, "Description") == ["Serve the status page of the Flask app"]


def test_a_page_is_served_or_written(call: Call) -> None:
    told = call("schedule", "systemd", "access.log", "--serve", "--site", "/srv")
    assert told.status == 2
    assert "choose either --serve or a page that is written (--html, --site" in told.err
