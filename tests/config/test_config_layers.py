"""Which file is taken, which key outweighs which, and whom we do not trust."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.config.files import read
from flask_status_cli.errors import ConfigError


def test_the_nearest_file_decides_for_each_key(places: Any) -> None:
    places.write('days = 1\nlabel = "etc"\ntitle = "etc"\n[policy]\nmajor = 0.1', where="etc")
    places.write('days = 2\nlabel = "user"\n[policy]\nobjective = 0.2', where="user")
    places.write("days = 3\n[page]\nlang = 'es'")
    found = places.load().settings
    assert (found.days, found.label, found.title) == (3, "user", "etc")
    assert (float(found.policy.major), float(found.policy.objective)) == (0.1, 0.2)
    assert found.page.lang == "es"
    assert places.load(FLASK_STATUS_DAYS="4").settings.days == 4


def test_a_list_is_one_value(places: Any) -> None:
    places.write('exclude = ["/a", "/b"]', where="etc")
    assert places.settings('exclude = ["/c"]').exclude == ("/c",)
    assert places.settings("exclude = []").exclude == ()


def test_the_users_own_directory_is_that_of_xdg(places: Any, tmp_path: Path) -> None:
    folder = tmp_path / "xdg" / "flask-status"
    folder.mkdir(parents=True)
    (folder / "flask-status.toml").write_text("days = 5")
    places.write("days = 6", where="user")
    assert places.load(XDG_CONFIG_HOME=str(tmp_path / "xdg")).settings.days == 5
    relative = places.load(XDG_CONFIG_HOME="xdg").settings.days
    assert relative == 6, "a relative one is ignored, as the specification says"


def test_a_named_file_replaces_the_one_in_the_working_directory(
    places: Any, tmp_path: Path
) -> None:
    places.write("days = 1\ntitle = 'here'")
    places.write("label = 'user'", where="user")
    other = tmp_path / "other.toml"
    other.write_text("days = 2")
    for found in (places.load(named=str(other)), places.load(FLASK_STATUS_CONFIG=str(other))):
        assert found.settings.days == 2
        assert found.settings.title == ""
        assert found.settings.label == "user"


def test_the_option_overrides_the_variable_that_names_a_file(places: Any, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("days = 2")
    found = places.load(named=str(tmp_path / "other.toml"), FLASK_STATUS_CONFIG="/nowhere")
    assert found.settings.days == 2


def test_the_null_device_means_no_file(places: Any) -> None:
    places.write("days = 1")
    assert places.load(named="/dev/null").settings.days == 30


def test_a_named_file_must_exist(places: Any) -> None:
    with pytest.raises(ConfigError, match="no such file; check the path"):
        places.load(named="nowhere.toml")


@pytest.mark.parametrize(
    ("given", "value"),
    [("true", True), ("false", False), ("a.example,b.example", ("a.example", "b.example"))],
)
def test_a_variable_names_the_hosts_that_make_labels(
    places: Any, given: str, value: object
) -> None:
    found = places.load(FLASK_STATUS_LABEL_FROM_HOST=given)
    assert found.settings.label_from_host == value


@pytest.mark.parametrize("value", ["3", "[]", "[1]", "'shop.example'"])
def test_a_value_that_is_no_list_of_hosts_is_refused(places: Any, value: str) -> None:
    places.write(f"label_from_host = {value}")
    with pytest.raises(ConfigError, match=r"label_from_host: .* list of hosts"):
        places.load()


def test_the_origin_is_a_file_and_its_line_or_a_variable(places: Any) -> None:
    path = places.write("# a word\n\ndays = 1\n[policy]\npreset = 'standard'\n")
    found = places.load(FLASK_STATUS_LABEL="x")
    assert found.where("days") == f"{path}:3: days"
    assert found.where("policy.preset") == f"{path}:5: policy.preset"
    assert found.where("label") == "FLASK_STATUS_LABEL"
    assert found.where("title") == "title"


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("policy.preset = 'standard'", "policy.preset", 1),
        ("policy = {\n}\ndays = 2", "days", None),
        ("policy = { preset = 'standard' }", "policy.preset", 1),
        ("'days' = 2", "days", 1),
        ("title = '''\ndays = 1\n'''\ndays = 2", "days", None),
        ('label = "days = 1"\n\ndays = 2', "days", 3),
        ("logs = [\n  'a',\n  'b',\n]", "logs", 1),
        ("[page]\nlang = 'en'\n[retention]\ndays = 99", "retention.days", 4),
    ],
)
def test_lines_are_found_however_a_key_is_written(
    places: Any, text: str, key: str, line: int | None
) -> None:
    path = places.write(text)
    try:
        found = places.load()
    except ConfigError:
        assert line is None
    else:
        assert found.where(key) == f"{path}:{line}: {key}"


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_refused(places: Any, mode: int) -> None:
    path = places.write("days = 1")
    path.chmod(mode)
    with pytest.raises(
        ConfigError, match=f"{path}: can be written by other users.*; chmod go-w {path}"
    ):
        places.load()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("where", ["here", "user", "etc"])
def test_a_file_of_another_user_is_refused(places: Any, where: str) -> None:
    path = places.write("days = 1", where=where)
    os.chown(path, 12345, 12345)
    with pytest.raises(ConfigError, match=f"{path}: belongs to another user"):
        places.load()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link away")
def test_a_link_of_another_user_is_refused_whatever_its_target(places: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("days = 1")
    link = places.here / "flask-status.toml"
    link.symlink_to(tmp_path / "mine.toml")
    assert places.load().settings.days == 1
    os.chown(link, 12345, 12345, follow_symlinks=False)
    with pytest.raises(ConfigError, match="belongs to another user"):
        places.load()


def test_roots_file_is_trusted_by_everybody(places: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = places.write("days = 1")
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner == 0:
        assert places.load().settings.days == 1
    else:
        with pytest.raises(ConfigError):
            places.load()


def test_what_is_no_file_is_refused(places: Any) -> None:
    (places.here / "flask-status.toml").mkdir()
    with pytest.raises(ConfigError, match=r"flask-status\.toml: (is not a file|cannot be read)"):
        places.load()


def test_a_pipe_is_refused_and_not_waited_for(places: Any) -> None:
    os.mkfifo(places.here / "flask-status.toml", 0o600)
    with pytest.raises(ConfigError, match="is not a file"):
        places.load()


def test_text_that_is_not_utf_8_is_refused(places: Any) -> None:
    (places.here / "flask-status.toml").write_bytes(b'label = "\xff"')
    with pytest.raises(ConfigError, match="is not UTF-8"):
        places.load()


def test_a_number_out_of_range_is_refused(places: Any) -> None:
    assert places.wrong("[policy]\nmajor = 1e99999999999999999999") == [
        ": has a number that is out of range; write it without an exponent"
    ]


@pytest.mark.parametrize("needed", [False, True])
def test_a_directory_that_we_may_not_enter_has_no_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needed: bool
) -> None:
    """`sudo -u status flask-status report` is often run in a home that only its owner may enter."""

    def denied(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", denied)
    path = tmp_path / "flask-status.toml"
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        read(path, needed=needed)  # the directory is open, the file is not
    monkeypatch.setattr("os.access", lambda *_: False)
    if needed:
        with pytest.raises(ConfigError):
            read(path, needed=True)
    else:
        assert read(path, needed=False) is None
