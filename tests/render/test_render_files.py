"""A file appears whole or not at all, with the mode that it had."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flask_status_cli.errors import OutputError
from flask_status_cli.render.files import write_whole

AS_ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_a_new_file_is_readable_as_the_umask_allows(
    tmp_path: Path, mask: int, expected: int
) -> None:
    os.umask(mask)
    write_whole(tmp_path / "status.html", b"new")
    assert (tmp_path / "status.html").read_bytes() == b"new"
    assert mode(tmp_path / "status.html") == expected


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o664, 0o444])
def test_an_existing_file_keeps_its_mode(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "status.html"
    path.write_bytes(b"old and longer")
    path.chmod(kept)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert mode(path) == kept


def test_who_reads_meanwhile_keeps_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "status.html"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        write_whole(path, b"new")
        assert reader.read() == b"old"


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"1")
    write_whole(tmp_path / "a", b"2")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("call", ["fsync", "write", "fchmod", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    path = tmp_path / "status.html"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path if call == "replace" else os, call, fail)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["status.html"]


def test_a_short_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, data: write(to, data[:3]))
    write_whole(tmp_path / "a", b"abcdefgh")
    assert (tmp_path / "a").read_bytes() == b"abcdefgh"


def test_through_a_symbolic_link_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    target, link = tmp_path / "www" / "status.html", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_to_nothing_makes_its_target(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("later.html")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "later.html").read_bytes() == b"new"


def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"through")
    reader.join()
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_a_device() -> None:
    write_whole(Path("/dev/null"), b"gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_what_the_shell_appends_to_is_appended_to(tmp_path: Path) -> None:
    script = (
        "from pathlib import Path; from flask_status_cli.render.files import write_whole; "
        "write_whole(Path('/dev/stdout'), b'new')"
    )
    out = tmp_path / "out"
    out.write_bytes(b"old ")
    with out.open("ab") as stream:
        subprocess.run([sys.executable, "-c", script], cwd=tmp_path, stdout=stream, check=True)
    assert out.read_bytes() == b"old new"


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        write_whole(tmp_path, b"")
    assert str(caught.value) == f"{tmp_path}: is a directory; name a file in it"


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no" / "status.html"
    with pytest.raises(OutputError) as caught:
        write_whole(path, b"")
    assert str(caught.value) == f"{path}: its directory does not exist; mkdir -p {tmp_path / 'no'}"


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"file/status\.html: Not a directory"):
        write_whole(tmp_path / "file" / "status.html", b"")


def test_a_loop_of_links_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OutputError, match=r"loop: [^\n]+$"):
        write_whole(tmp_path / "loop", b"")


def test_a_forbidden_directory_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "theirs"
    directory.mkdir(mode=0o555)
    if AS_ROOT:  # whom no mode stops: let the call itself refuse

        def refuse(*_: object, **__: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError) as caught:
        write_whole(directory / "status.html", b"")
    assert str(caught.value) == (
        f"{directory / 'status.html'}: permission denied; "
        f"a report replaces its file whole, so {directory} must be writable"
    )


def test_a_hostile_name_is_printed_harmless(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        write_whole(tmp_path / "no\x1b[2J\n" / "f", b"")
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
