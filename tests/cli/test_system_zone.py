"""The time zone of the system is the one that tzlocal finds, in less time."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from tzlocal import unix

from flask_status_cli.system_zone import system_zone, zone_name
from flask_status_cli.unnamed_zone import UnnamedZone

SYSTEMS = {
    # what /etc/localtime links to, the other files, and the name that is read without tzlocal
    "systemd": ("/usr/share/zoneinfo/Europe/Berlin", {}, "Europe/Berlin"),
    "Debian": (
        "/usr/share/zoneinfo/America/Argentina/Salta",
        {"etc/timezone": "America/Argentina/Salta\n"},
        "America/Argentina/Salta",
    ),
    "a time zone that was changed in one of two places": (
        "/usr/share/zoneinfo/Europe/Berlin",
        {"etc/timezone": "Asia/Tokyo\n"},
        None,
    ),
    "another name in the second place": (
        "/usr/share/zoneinfo/Europe/Berlin",
        {"etc/timezone": "Europe/Berlin # ours\n"},
        None,
    ),
    "text that is not ASCII": (
        "/usr/share/zoneinfo/Europe/Berlin",
        {"etc/timezone": "Europe/Zürich"},
        None,
    ),
    "CentOS": (
        "/usr/share/zoneinfo/Europe/Berlin",
        {"etc/sysconfig/clock": 'ZONE="Europe/Berlin"\n'},
        None,
    ),
    "Gentoo": (None, {"etc/conf.d/clock": 'TIMEZONE="Europe/Berlin"\n'}, None),
    "a copy instead of a link": (None, {"etc/localtime": "TZif2"}, None),
    "a link to elsewhere": ("/var/zone", {}, None),
    "nothing": (None, {}, None),
}


@pytest.mark.parametrize(("link", "files", "name"), SYSTEMS.values(), ids=SYSTEMS)
def test_the_zone_of_a_system_is_read(
    tmp_path: Path, link: str | None, files: dict[str, str], name: str | None
) -> None:
    (tmp_path / "etc").mkdir()
    if link is not None:
        (tmp_path / "etc/localtime").symlink_to(link)
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    assert zone_name(None, tmp_path) == name


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        (":Asia/Tokyo", "Asia/Tokyo"),
        ("/usr/share/zoneinfo/Asia/Tokyo", None),
        (":/etc/localtime", None),
        (":", None),
    ],
)
def test_the_variable_goes_first(tmp_path: Path, variable: str, name: str | None) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    assert zone_name(variable, tmp_path) == name


@pytest.fixture(autouse=True)
def _tzlocal_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix, "_cache_tz", None)


@pytest.mark.parametrize("variable", ["UTC", "Asia/Tokyo", ":Europe/Berlin"])
def test_tzlocal_finds_the_same_zone(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", variable)
    assert system_zone().key == unix.get_localzone().key
    assert isinstance(system_zone(), UnnamedZone)


def test_a_zone_that_is_only_a_file_is_the_zone_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "UTC"
    rules.write_bytes((files("tzdata") / "zoneinfo/Asia/Kolkata").read_bytes())
    monkeypatch.setenv("TZ", str(rules))
    zone = system_zone()
    assert isinstance(zone, UnnamedZone)
    assert datetime(2026, 11, 23, tzinfo=zone).utcoffset() == timedelta(hours=5, minutes=30)


def test_a_variable_that_names_no_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "PST4DST")
    with pytest.raises(KeyError, match="PST4DST"):
        system_zone()


def test_tzlocal_is_not_imported_where_the_variable_says_it() -> None:
    code = "import sys; from flask_status_cli import system_zone as s; s.system_zone()"
    code += "; sys.exit('tzlocal' in sys.modules or 'logging' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], env={"TZ": "Asia/Tokyo"}, check=True)
