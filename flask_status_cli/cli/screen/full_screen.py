"""Uses the whole terminal: draws lines, reads keys, and restores the terminal at the end."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import termios
import tty
from collections.abc import Sequence
from types import FrameType
from typing import Self

ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
"""The control sequences of xterm that switch to the alternate screen, hide the cursor, and cut long lines."""

LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
"""The control sequences that undo `ENTER`."""

KEY = re.compile(rb"\x1b\[[0-9;]*[@-~]|\x1bO.|.", re.DOTALL)
"""A key as a terminal sends it: a control sequence (ECMA-48), a cursor key (`ESC O`), or one byte."""

NOTED = (signal.SIGWINCH, signal.SIGTSTP)
"""Signals that concern the terminal: it was resized, or Ctrl-Z was pressed."""


class FullScreen:
    """The terminal of standard input and output. This is a context manager.

    The terminal is restored at the end of the block, and while Ctrl-Z suspends the program. Signal handlers
    only set a flag. `keys` returns when a signal came.
    """

    def __init__(self) -> None:
        self._input = sys.stdin.fileno()
        self._output = sys.stdout.fileno()
        self._suspended = False

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._input)
        self._wakes, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._wake_before = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._handlers = [signal.signal(number, self._note) for number in NOTED]
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        signal.set_wakeup_fd(self._wake_before)
        for number, handler in zip(NOTED, self._handlers, strict=True):
            signal.signal(number, handler)
        os.close(self._wakes)
        os.close(self._wake)

    @property
    def size(self) -> tuple[int, int]:
        """The present numbers of columns and lines; 80 and 24 if the terminal does not know them."""
        size = os.get_terminal_size(self._output)
        return size.columns or 80, size.lines or 24

    def draw(self, lines: Sequence[str]) -> None:
        """Draw these lines, as many as fit, and clear the rest of the screen."""
        height = self.size[1]
        # Each line is cleared before it is drawn. After a full line, clearing would erase its last character.
        shown = "\r\n".join(f"\x1b[2K{line}" for line in lines[:height])
        self._write(f"\x1b[H{shown}" + ("\r\n\x1b[J" if len(lines) < height else ""))

    def keys(self, seconds: float) -> list[bytes]:
        """Return the keys that were pressed. Wait at most this many seconds, or until a signal comes.

        An empty key (`b""`) means that the terminal was closed.
        """
        ready, _, _ = select.select([self._input, self._wakes], [], [], seconds)
        if self._wakes in ready:
            os.read(self._wakes, 512)
        if self._suspended:
            self._suspend()
        if self._input not in ready:
            return []
        try:
            return KEY.findall(os.read(self._input, 64)) or [b""]
        except OSError:  # on Linux, this means that the terminal was closed
            return [b""]

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._suspended = self._suspended or number == signal.SIGTSTP

    def _suspend(self) -> None:
        """Suspend the program, as Ctrl-Z does. Take the terminal again when the program continues."""
        self._suspended = False
        self._give_back()
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        self._take()

    def _take(self) -> None:
        tty.setcbreak(self._input)
        self._write(ENTER)

    def _give_back(self) -> None:
        try:
            self._write(LEAVE)
        finally:
            termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)

    def _write(self, text: str) -> None:
        data = text.encode(sys.stdout.encoding or "ascii", "replace")
        while data:
            data = data[os.write(self._output, data) :]
