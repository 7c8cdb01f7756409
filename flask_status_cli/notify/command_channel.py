"""Sends messages through a command: runs it without a shell, with the JSON on standard input."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence

from flask_status_cli.model import Notice
from flask_status_cli.notify.message import DeliveryError

LONGEST_WORDS = 200
"""At most this many characters of a command's output are shown in an error."""


def run(words: Sequence[str], notice: Notice, seconds: float) -> None:
    """Run a command with a message on standard input.

    It is killed, with its children, after `seconds`. Raises `DeliveryError` if it does not end with exit
    status 0 before that.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the words are the user's own, and no shell reads them
            list(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error)
        raise DeliveryError(f"cannot be run: {what}") from None
    with process:
        try:
            said, _ = process.communicate(f"{notice.body}\n".encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise DeliveryError(f"did not end within {seconds:g} seconds") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2][:LONGEST_WORDS]
        raise DeliveryError(f"exit status {process.returncode}" + (f": {last}" if last else ""))
