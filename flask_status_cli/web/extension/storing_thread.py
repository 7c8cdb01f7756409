"""Stores counts in a thread of each process, every minute and at the end. The app does not wait for it."""

from __future__ import annotations

import atexit
import os
import secrets
import signal
import sys
import threading
import time
import weakref
from contextlib import suppress
from types import FrameType
from typing import Final, Protocol

from flask_status_cli.model import Flush
from flask_status_cli.web.extension.request_counts import Counted, RequestCounts

MINUTE: Final = 60

SPREAD: Final = 8
"""Processes store at different times within this many seconds."""

SAY_AGAIN: Final = 3600.0
"""The same problem is reported again after this many seconds."""

JUST_NOW: Final = 1.0
"""The page may be this many seconds behind the counts."""

WAIT: Final = 5.0
"""How many seconds another program may hold the database if no client waits."""

WAIT_IN_REQUEST: Final = 0.2
"""The same if a client waits, or if waiting would stop all requests of the process."""

SOON: Final = 1.0
"""Seconds after which counts are stored below Werkzeug's reloader, which ends its child with SIGKILL."""

AT_EXIT: Final = 8.0
"""How many seconds storing may take at the end of the process."""


class Store(Protocol):
    """Stores counts: the part of the extension that knows the app and the database."""

    def store(self, counted: Counted, *, flush: Flush, wait: float) -> None:
        """Store the counts, unless this flush is stored already. If it raises an error, nobody knows."""

    def tell(self, error: Exception) -> None:
        """Take the error."""

    def tell_beyond(self, requests: int) -> None:
        """Take the number of requests that were added up without their routes."""


class Storing:
    """Counts the requests of one app in this process, and stores the counts."""

    def __init__(self, store: Store) -> None:
        self.pid = os.getpid()
        self.counts = RequestCounts()
        self._store = store
        self._process = secrets.token_hex(8)
        self._flushes = 0
        self._unsure: Counted | None = None  # perhaps stored, as the last flush
        self._told_beyond = 0
        self._storing = threading.Lock()
        self._storing_thread: int | None = None
        self._starting = threading.Lock()
        self._wake = threading.Event()
        self._started = False
        self._in_requests = False
        self._stored_at = time.monotonic() - JUST_NOW

    def add(self, rule: str, status: int) -> None:
        """Count a request. The first one starts the thread."""
        if not self._started:
            self._start()
        self.counts.add(rule, status)
        if self._in_requests and self._idle_for_a_minute:
            self.store(wait=WAIT_IN_REQUEST)

    def took(self, rule: str, status: int, nanoseconds: int) -> None:
        """Count how long a request took."""
        self.counts.took(rule, status, nanoseconds)

    def store_for_page(self) -> None:
        """Store the counts, so that the page of this process shows them."""
        if time.monotonic() - self._stored_at >= JUST_NOW or self._has_counts:
            self.store(wait=WAIT_IN_REQUEST)

    def store(self, *, wait: float, patience: float = 0.0) -> None:
        """Store the counts, unless that is being done. An error is reported, and the counts are kept."""
        if self._storing_thread == threading.get_ident():
            return  # a signal has interrupted this very thread
        if not self._storing.acquire(timeout=patience):
            return
        try:
            self._storing_thread = threading.get_ident()
            self._stored_at = time.monotonic()
            try:
                if self._unsure is not None:
                    self._flush(self._unsure, wait=wait)
                self._flushes += 1
                self._flush(self.counts.take(), wait=wait)
                self._tell_beyond()
            except Exception as error:  # noqa: BLE001 - whatever it is, the app goes on
                with suppress(Exception):
                    self._store.tell(error)
        finally:
            self._storing_thread = None
            self._storing.release()

    def _flush(self, counted: Counted, *, wait: float) -> None:
        """Store counts as the last flush. They are kept, and not changed, until they are surely stored."""
        self._unsure = counted if counted.requests else None
        self._store.store(counted, flush=Flush(self._process, self._flushes), wait=wait)
        self._unsure = None

    def _tell_beyond(self) -> None:
        beyond = self.counts.beyond
        if beyond > self._told_beyond:
            self._store.tell_beyond(beyond - self._told_beyond)
            self._told_beyond = beyond

    @property
    def _has_counts(self) -> bool:
        return len(self.counts) > 0 or self._unsure is not None

    def finish(self) -> None:
        """Store the remaining counts at the end of the process."""
        if self._started and self.pid == os.getpid():
            self._wake.set()
            self.store(wait=WAIT, patience=AT_EXIT)

    def _start(self) -> None:
        with self._starting:
            if self._started:
                return
            RUNNING.add(self)
            self._in_requests = not threads_run() or not self._start_thread()
            self._started = True

    def _start_thread(self) -> bool:
        thread = threading.Thread(target=self._run, name="flask-status", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread is to be had
            return False
        return True

    def _run(self) -> None:
        wait = WAIT_IN_REQUEST if is_patched() else WAIT
        reloads = is_reloaded()
        while not self._wake.wait(SOON if reloads else seconds_to_go(time.time(), self.pid)):
            if not reloads or self._has_counts or self._idle_for_a_minute:
                self.store(wait=wait)

    @property
    def _idle_for_a_minute(self) -> bool:
        return time.monotonic() - self._stored_at > MINUTE


def seconds_to_go(now: float, pid: int) -> float:
    """Return the time until the next storing: a few seconds after the minute, different in each process."""
    due = 1 + pid % SPREAD
    return MINUTE - (now - due) % MINUTE


def threads_run() -> bool:
    """Return whether a thread of ours would run. In uWSGI none runs unless that is configured."""
    uwsgi = sys.modules.get("uwsgi")
    options = getattr(uwsgi, "opt", None)
    if options is None:
        return True
    return any(name in options for name in ("enable-threads", "threads", "gevent"))


def is_reloaded() -> bool:
    """Return whether this process was started by Werkzeug's reloader."""
    return os.environ.get("WERKZEUG_RUN_MAIN") == "true"


def is_patched() -> bool:
    """Return whether threads are greenlets of gevent. Then waiting in SQLite stops all of them."""
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("threading"))


RUNNING: weakref.WeakSet[Storing] = weakref.WeakSet()
"""The counters of this process, one for each app."""


def finish_all() -> None:
    """Store the counts of every app in this process."""
    for storing in list(RUNNING):
        storing.finish()


atexit.register(finish_all)


def finish_at_sigterm() -> None:
    """Also store when SIGTERM ends the process, if nothing handles that: `flask run`, waitress.

    Servers that handle it end normally, and then `atexit` is enough.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if "uwsgi" in sys.modules or "mod_wsgi" in sys.modules:  # they look after signals themselves
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    finish_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
