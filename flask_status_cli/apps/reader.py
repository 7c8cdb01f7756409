"""Reads the rules of a Flask app. A separate process imports the app, so that it cannot affect this one."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from flask_status_cli.errors import AppError
from flask_status_cli.model import UrlMap
from flask_status_cli.routes import from_document

IMPORT_TIMEOUT: Final = 120
"""The import of an app may take at most this many seconds."""

_INTERPRETER: Final = "name the app's own interpreter: --python /path/to/venv/bin/python"


def read_app(spec: str | None, *, python: str | None = None) -> UrlMap:
    """Return the rules of the app that `flask --app SPEC` would run here. Raises `AppError`.

    If `spec` is `None`, Flask looks for the app. `python` is the interpreter that can import the app, by
    default our own. Output of the app goes to standard error.
    """
    where = app_name(spec)
    command = [python or sys.executable, "-c", _code(), *([spec] if spec else [])]
    environment = {**os.environ, "FLASK_RUN_FROM_CLI": "true"}  # so that app.run() does nothing
    try:
        done = subprocess.run(  # noqa: S603 - the user names the app and the interpreter
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=IMPORT_TIMEOUT,
        )
    except OSError as error:
        what = f"cannot be run: {error.strerror}"
        raise AppError(command[0], what, "name a Python interpreter with --python") from None
    except subprocess.TimeoutExpired:
        what = f"the app was not imported within {IMPORT_TIMEOUT} seconds"
        raise AppError(where, what, "check whether it waits for something") from None
    return _read(done.stdout, where, status=done.returncode, python=python)


def app_name(spec: str | None) -> str:
    """Return the name of the app for messages."""
    return spec or os.environ.get("FLASK_APP") or "the app"


def exporter() -> str:
    """Return a script that prints the rules of an app as TOML. Run it with `python - shop:app < SCRIPT`.

    It needs only Flask and the app.
    """
    program, main, _ = _code().rpartition("if __name__ ==")
    assert main, "the child has no main part"  # noqa: S101 - our own file
    return f'{program}if __name__ == "__main__":\n    main([*sys.argv[1:], "--toml"])\n'


def _code() -> str:
    return Path(__file__).with_name("child.py").read_text(encoding="utf-8")


def _read(output: bytes, where: str, *, status: int, python: str | None) -> UrlMap:
    try:
        found = json.loads(output)
    except ValueError:
        what = f"the app ended its interpreter with status {status}"
        raise AppError(where, what, "check what the app does when it is imported") from None
    if "error" in found:
        raise _raised(found["error"], where, python)
    return from_document(found["map"], where=where)


def _raised(error: dict[str, Any], where: str, python: str | None) -> AppError:
    message = " ".join(error["message"].split())
    if error["type"] == "NoAppException":  # Flask did not find an app, and says why
        return AppError(where, message.rstrip("."), "name one: --app MODULE:APP")
    at = where
    if error["path"]:
        near = os.path.relpath(error["path"])
        at = f"{error['path'] if near.startswith('..') else near}:{error['line']}"
    what = f"{error['type']}: {message}" if message else error["type"]
    if error.get("variable"):
        hint = _set(error["variable"], where, python)
        return AppError(at, f"{error['variable']} is not set", hint)
    if error["module"]:
        return AppError(at, what, f"install it here, or {_INTERPRETER}")
    return AppError(at, what, f"try: flask --app {shlex.quote(where)} routes")


def _set(variable: str, where: str, python: str | None) -> str:
    """Return a hint with a command that sets a missing environment variable."""
    command = f"{shlex.quote(variable + '=x')} flask-status routes sync --app {shlex.quote(where)}"
    interpreter = f" --python {shlex.quote(python)}" if python else ""
    return f"usually any value will do: env {command}{interpreter}"
