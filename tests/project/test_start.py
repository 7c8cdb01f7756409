"""Starting is cheap: what a command does not need is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "apache_log_parser",
    "sqlalchemy",
    "psycopg",
    "alembic",
    "rich",
    "jinja2",
    "tzlocal",
    "backports",
    "multiprocessing",
    "asyncio",
    "tomllib",
    "flask",
    "waitress",
    "werkzeug",
    "flask_status_cli.config",
    "flask_status_cli.store",
}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["ingest", "--help"],
        ["report", "--help"],
        ["counts", "--help"],
        ["db", "info", "--help"],
        ["db", "prune", "--help"],
        ["schedule", "cron", "--help"],
        ["formats", "explain", "--help"],
        ["routes", "list", "--help"],
        ["routes", "show", "--help"],
        ["completion", "--help"],
        ["config", "show", "--help"],
        ["serve", "--help"],
    ],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "flask_status_cli", *arguments]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "click" in imported
    assert not imported & HEAVY


@pytest.mark.parametrize("text", ["combined", '%h %l %u %t \\"%r\\" %>s %b'])
def test_a_format_that_is_built_in_needs_no_package(text: str, tmp_path: Path) -> None:
    code = (
        "import sys; from flask_status_cli.formats import fields, lookup;"
        f"lookup({text!r}); fields(b'x', {text!r}); print(*sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not set(result.stdout.split()) & {"apache_log_parser", "user_agents"}


def test_an_ingest_needs_no_report_no_migration_and_no_zstd(tmp_path: Path) -> None:
    code = "import sys, flask_status_cli.pipeline.ingest.run as _; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    heavy = {"alembic", "rich", "jinja2", "backports.zstd", "apache_log_parser"}
    assert not set(result.stdout.split()) & heavy


def test_a_command_ends_with_its_status_and_with_what_others_do_at_exit(tmp_path: Path) -> None:
    code = (
        "import atexit, sys; from flask_status_cli.__main__ import main;"
        "atexit.register(lambda: print('at exit')); sys.argv[1:] = ['formats', 'nothing']; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stdout == "at exit\n"
    assert "No such command 'nothing'" in result.stderr


def test_a_command_waits_for_a_thread_that_still_runs(tmp_path: Path) -> None:
    code = (
        "import sys, threading; from flask_status_cli.__main__ import main;"
        "threading.Thread(target=lambda: (threading.main_thread().join(), print('done'))).start();"
        "sys.argv[1:] = ['--version']; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("flask-status, version")
    assert result.stdout.endswith("done\n")


UNUSED = {"inspect", "ast", "locale", "difflib", "sqlalchemy", "tomllib", "shlex"}
"""What click, dataclasses and gettext import for messages, and what some logs need."""


def test_an_ordinary_ingest_imports_only_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(
        '10.0.0.1 - - [23/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n'
    )
    code = (
        "import atexit, sys;"
        "loaded = lambda: [n for n, m in sys.modules.items() if type(m).__name__ == 'module'];"
        "atexit.register(lambda: print(*loaded()));"
        "from flask_status_cli.__main__ import main;"
        "sys.argv[1:] = ['--db', 'x.db', 'ingest', '-q', 'access.log']; main()"
    )
    result = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r};{code}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "flask_status_cli.store.writer" in result.stdout.split()
    assert not set(result.stdout.split()) & UNUSED
