"""The lock allows one writer at a time, also after a writer was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flask_status_cli.errors import DatabaseError
from flask_status_cli.store import LockBusy, WriteLock

ENGINES = ("sqlite",)

HOLD = """
import sys, time
from pathlib import Path
from flask_status_cli.store import WriteLock

with WriteLock(Path(sys.argv[1]), wait=0):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(database: Path, seconds: float) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database), str(seconds)],
        cwd=database.parent,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


def test_a_second_writer_gives_up_after_the_wait(database: Path) -> None:
    with hold(database, 60) as child:
        began = time.monotonic()
        with pytest.raises(LockBusy) as caught, WriteLock(database, wait=0.2):
            pytest.fail("two hold it")
        assert 0.2 <= time.monotonic() - began < 30
        child.kill()
    assert str(caught.value) == (
        f"{database}.lock: another ingest held the lock for 0.2 seconds; wait longer with --wait"
    )


def test_a_second_writer_waits_for_the_first(database: Path) -> None:
    with hold(database, 0.3), WriteLock(database, wait=30):
        pass


def test_a_killed_writer_releases_the_lock(database: Path) -> None:
    with hold(database, 60) as child:
        child.send_signal(signal.SIGKILL)
        child.wait()
        with WriteLock(database, wait=0):
            pass


def test_the_lock_is_free_after_use_and_after_an_error(database: Path) -> None:
    lock = WriteLock(database, wait=0)
    with pytest.raises(ZeroDivisionError), lock:
        raise ZeroDivisionError
    with lock, pytest.raises(LockBusy), WriteLock(database, wait=0):
        pytest.fail("two hold it")
    with WriteLock(database, wait=0):
        pass


def test_a_worker_that_lives_on_does_not_keep_the_lock(database: Path) -> None:
    with WriteLock(database, wait=0) as lock:
        inherited = [
            int(entry.name)
            for entry in Path("/proc/self/fd").iterdir()
            if os.path.realpath(entry) == str(lock.path)
        ]
        assert len(inherited) == 1
        command = [sys.executable, "-c", "input()"]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=inherited)
    with WriteLock(database, wait=0):
        worker.communicate(b"\n")


def test_two_names_of_one_database_have_one_lock(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "link.db"
    other.symlink_to(database)
    with WriteLock(other, wait=0), pytest.raises(LockBusy), WriteLock(database, wait=0):
        pytest.fail("two hold it")


def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseError, match=r"status\.db\.lock: cannot be opened: No such file"),
        WriteLock(tmp_path / "missing" / "status.db", wait=0),
    ):
        pytest.fail("held")


def test_a_lock_that_is_a_link_is_refused_and_makes_nothing(database: Path) -> None:
    """Whoever may write beside the database could make us create a file anywhere."""
    elsewhere = database.with_name("nologin")
    database.with_name(f"{database.name}.lock").symlink_to(elsewhere)
    with pytest.raises(DatabaseError) as caught, WriteLock(database, wait=0):
        pytest.fail("it was taken")
    assert str(caught.value) == f"{database}.lock: is a symbolic link; remove it"
    assert not elsewhere.exists()
