"""Reads the rules of a Flask app. The app is imported by a separate process, so it cannot change this one."""

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

PATIENCE: Final = 120
"""How many seconds the import of an app may take."""

_INTERPRETER: Final = "name the app's own interpreter: --python /path/to/venv/bin/python"


def read_app(spec: str | None, *, python: str | None = None) -> UrlMap:
    """Return the rules of the app that `flask --app SPEC` would run here; `None` lets Flask find the app.

    `python` is the interpreter that can import the app; the default is our own. Output of the app goes to
    standard error. Raises `AppError`.
    """
    where = app_name(spec)
    command = [python or sys.executable, "-c", _code(), *([spec] if spec else [])]
    environment = {**os.environ, "FLASK_RUN_FROM_CLI": "true"}  # app.run() does nothing
    try:
        done = subprocess.run(  # noqa: S603 - the owner's app, by the interpreter that the owner names
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
        )
    except OSError as error:
        what = f"cannot be run: {error.strerror}"
        raise AppError(command[0], what, "name a Python interpreter with --python") from None
    except subprocess.TimeoutExpired:
        what = f"the app was not imported within {PATIENCE} seconds"
        raise AppError(where, what, "check whether it waits for something") from None
    return _read(done.stdout, where, status=done.returncode)


def app_name(spec: str | None) -> str:
    """Return how messages name the app."""
    return spec or os.environ.get("FLASK_APP") or "the app"


def exporter() -> str:
    """Return a script that prints the rules of an app as TOML. It needs only the environment of the app.

    `python - shop:app < SCRIPT` runs it.
    """
    program, main, _ = _code().rpartition("if __name__ ==")
    assert main, "the child has no main part"  # noqa: S101 - our own file
    return f'{program}if __name__ == "__main__":\n    main([*sys.argv[1:], "--toml"])\n'


def _code() -> str:
    return Path(__file__).with_name("child.py").read_text(encoding="utf-8")


def _read(output: bytes, where: str, *, status: int) -> UrlMap:
    try:
        found = json.loads(output)
    except ValueError:
        what = f"the app ended its interpreter with status {status}"
        raise AppError(where, what, "check what it does when it is imported") from None
    if "error" in found:
        raise _raised(found["error"], where)
    return from_document(found["map"], where=where)


def _raised(error: dict[str, Any], where: str) -> AppError:
    message = " ".join(error["message"].split())
    if error["type"] == "NoAppException":  # Flask's own words: it found none
        return AppError(where, message.rstrip("."), "name one: --app MODULE:APP")
    at = where
    if error["path"]:
        near = os.path.relpath(error["path"])
        at = f"{error['path'] if near.startswith('..') else near}:{error['line']}"
    what = f"{error['type']}: {message}" if message else error["type"]
    if error.get("variable"):
        return AppError(at, f"{error['variable']} is not set", _set(error["variable"], where))
    if error["module"]:
        return AppError(at, what, f"install it here, or {_INTERPRETER}")
    return AppError(at, what, f"try: flask --app {shlex.quote(where)} routes")


def _set(variable: str, where: str) -> str:
    """Return a command that runs where a variable of the environment is missing."""
    command = f"{shlex.quote(variable + '=x')} flask-status routes sync --app {shlex.quote(where)}"
    return f"usually any value will do: env {command}"
