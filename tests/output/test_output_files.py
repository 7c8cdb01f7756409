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
from flask_status_cli.output import write_all, write_whole

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


def test_a_reader_during_the_write_keeps_the_old_content(tmp_path: Path) -> None:
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

    monkeypatch.setattr(os, call, fail)
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


@pytest.mark.parametrize("target", ["there.html", "missing.html"])
def test_a_symbolic_link_is_not_written_through(tmp_path: Path, target: str) -> None:
    (tmp_path / "there.html").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(OutputError) as caught:
        write_whole(link, b"new")
    assert str(caught.value) == (
        f"{link}: is a symbolic link; remove it, or give --follow-links if the link is intended"
    )
    assert link.is_symlink()
    assert (tmp_path / "there.html").read_bytes() == b"old"
    assert not (tmp_path / "missing.html").exists()


def test_a_link_that_is_followed_has_its_target_replaced(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    target, link = tmp_path / "www" / "status.html", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(link, b"new", follow_links=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_to_nothing_that_is_followed_makes_its_target(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("later.html")
    write_whole(link, b"new", follow_links=True)
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
        "from pathlib import Path; from flask_status_cli.output import write_whole; "
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


def test_a_loop_of_links_is_reported_in_one_line(tmp_path: Path) -> None:
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


NOBODY = 65534


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `path` another user's: as root give it away, else be somebody else."""
    if AS_ROOT:
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: NOBODY)


def test_our_own_links_to_directories_are_followed(tmp_path: Path) -> None:
    (tmp_path / "disk" / "www").mkdir(parents=True)
    (tmp_path / "www").symlink_to("disk/../disk/www")
    (tmp_path / "absolute").symlink_to(tmp_path / "www")
    write_whole(tmp_path / "absolute" / "status.html", b"new")
    assert (tmp_path / "disk" / "www" / "status.html").read_bytes() == b"new"


def test_a_directory_link_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "etc").mkdir()
    link = tmp_path / "api"
    link.symlink_to("etc")
    give_away(link, monkeypatch)
    with pytest.raises(OutputError) as caught:
        write_whole(link / "status.json", b"new")
    assert str(caught.value) == (
        f"{link}: is a symbolic link of another user; "
        "remove it, or give --follow-links if the link is intended"
    )
    assert not list((tmp_path / "etc").iterdir())
    write_whole(link / "status.json", b"new", follow_links=True)
    assert (tmp_path / "etc" / "status.json").read_bytes() == b"new"


def test_a_link_in_a_directory_of_another_user_is_refused_whoever_made_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may have moved it there: a hard link to a link keeps its owner."""
    (tmp_path / "etc").mkdir()
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "www").symlink_to(tmp_path / "etc")
    give_away(theirs, monkeypatch)
    with pytest.raises(OutputError, match="is a symbolic link of another user"):
        write_whole(theirs / "www" / "status.html", b"new")


@pytest.mark.parametrize("mode", [0o775, 0o777, 0o757])
def test_a_directory_that_others_may_write_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    write_whole(shared / "status.html", b"mine")  # one's own is one's own affair
    give_away(shared, monkeypatch)
    with pytest.raises(OutputError) as caught:
        write_whole(shared / "status.html", b"new")
    assert str(caught.value) == (
        f"{shared}: is not yours, and others may write to it; "
        f"chmod go-w {shared}, or give --follow-links"
    )
    write_whole(shared / "status.html", b"new", follow_links=True)


def test_a_directory_that_only_its_owner_writes_to_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o755)
    give_away(theirs, monkeypatch)
    write_whole(theirs / "status.html", b"new")
    assert (theirs / "status.html").read_bytes() == b"new"


def test_under_the_sticky_bit_only_files_of_ours_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "theirs.html").write_bytes(b"old")
    give_away(shared / "theirs.html", monkeypatch)
    give_away(shared, monkeypatch)
    with pytest.raises(OutputError, match="belongs to another user, in a directory"):
        write_whole(shared / "theirs.html", b"new")
    write_whole(shared / "new.html", b"new")
    assert (shared / "new.html").read_bytes() == b"new"


def test_a_link_put_there_meanwhile_is_replaced_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, page = tmp_path / "secret", tmp_path / "status.html"
    secret.write_bytes(b"secret")
    fsync = os.fsync

    def plant(descriptor: int) -> None:
        if not page.is_symlink():
            page.symlink_to(secret)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", plant)
    write_whole(page, b"new")
    assert secret.read_bytes() == b"secret"


def test_no_set_user_id_bit_is_taken_over(tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    page.write_bytes(b"old")
    page.chmod(0o4755)
    write_whole(page, b"new")
    assert mode(page) == 0o755


def test_files_are_put_in_place_when_all_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves a site as it was, not half of it new."""
    names = ["status.json", "feed.atom", "index.html"]
    for name in names:
        (tmp_path / name).write_bytes(b"old")
    write, calls = os.write, iter(range(9))

    def full(to: int, data: bytes) -> int:
        if next(calls) == 2:
            raise OSError(28, "No space left on device")
        return write(to, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match=r"index\.html: No space left on device"):
        write_all([(tmp_path / name, b"new", True) for name in names])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(
        names, b"old"
    )


def test_a_file_mounted_by_itself_is_named_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(os, "replace", busy)
    with pytest.raises(OutputError) as caught:
        write_whole(tmp_path / "status.html", b"new")
    assert str(caught.value) == (
        f"{tmp_path / 'status.html'}: cannot be replaced: it is mounted by itself, "
        f"as `docker -v FILE:FILE` does; mount its directory, {tmp_path}"
    )


def test_a_named_pipe_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    give_away(pipe, monkeypatch)
    with pytest.raises(OutputError, match="is a named pipe of another user"):
        write_whole(pipe, b"new")
