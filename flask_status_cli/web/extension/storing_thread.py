"""Stores the counts of each process, every minute and at the end, in a separate thread."""

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
from flask_status_cli.web.extension.request_counts import CountsToStore, RequestCounts

MINUTE: Final = 60

SPREAD: Final = 8
"""Processes store at different times, within this many seconds after each minute."""

SAY_AGAIN: Final = 3600.0
"""The same problem is logged again after this many seconds."""

JUST_NOW: Final = 1.0
"""The page may be this many seconds behind the counts."""

WAIT: Final = 5.0
"""The number of seconds to wait while another program locks the database, if no client waits."""

WAIT_IN_REQUEST: Final = 0.2
"""The number of seconds to wait for the lock if a client waits, or if waiting stops all requests."""

PAUSES: Final = (1.0, 4.0, 15.0)
"""After an error, the thread tries again after each of these numbers of seconds. Then it logs the error."""

SOON: Final = 1.0
"""With Werkzeug's reloader, counts are stored at this interval in seconds, because it sends SIGKILL."""

AT_EXIT: Final = 8.0
"""At the end of the process, wait at most this many seconds for a thread that is storing counts."""

WAIT_AT_EXIT: Final = 20.0
"""The number of seconds to wait for the lock at the end of the process, when other processes end, too.

gunicorn kills a worker that has not ended after 30 seconds.
"""


class CountsStore(Protocol):
    """Stores counts, and logs problems. `AppStatus` is one."""

    def store(self, counted: CountsToStore, *, flush: Flush, wait: float) -> None:
        """Store the counts, unless this flush is stored already. After an error, they may be stored."""

    def tell(self, error: Exception, *, ending: bool) -> None:
        """Log an error of `store`. If the process is `ending`, the counts are lost."""

    def tell_beyond(self, requests: int) -> None:
        """Log how many requests were counted without their routes."""


class StoringThread:
    """Counts the requests of one app in one process, and stores the counts."""

    def __init__(self, store: CountsStore) -> None:
        self.pid = os.getpid()
        self.counts = RequestCounts()
        self._store = store
        self._process = secrets.token_hex(8)
        self._flushes = 0
        self._unsure: CountsToStore | None = None  # the last flush, if it may not be stored
        self._logged_beyond = 0
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

    def add_duration(self, rule: str, status: int, nanoseconds: int) -> None:
        """Count the duration of a request."""
        self.counts.add_duration(rule, status, nanoseconds)

    def store_for_page(self) -> None:
        """Store the counts for the page, unless they were stored less than a second ago.

        Wait at most a second for another thread that is storing them: it may be making the database.
        """
        if time.monotonic() - self._stored_at >= JUST_NOW or self._has_counts:
            thread_follows = self._started and not self._in_requests
            self.store(wait=WAIT_IN_REQUEST, at_most=JUST_NOW, again=thread_follows)
        elif self._storing.acquire(timeout=JUST_NOW):
            self._storing.release()

    def store(
        self, *, wait: float, at_most: float = 0.0, ending: bool = False, again: bool = False
    ) -> bool:
        """Store the counts. After an error, return false and keep the counts, unless the process is `ending`.

        The error is logged, unless the caller tries `again` within a minute. Do nothing if another thread is
        storing them and does not finish within `at_most` seconds. Wait for the lock of the database at most
        `wait` seconds.
        """
        if self._storing_thread == threading.get_ident():
            return True  # a signal has interrupted this thread while it was storing
        if not self._storing.acquire(timeout=at_most):
            return True
        try:
            self._storing_thread = threading.get_ident()
            self._stored_at = time.monotonic()
            try:
                if self._unsure is not None:
                    self._flush(self._unsure, wait=wait)
                self._flushes += 1
                self._flush(self.counts.take(), wait=wait)
                self._tell_beyond()
            except Exception as error:  # noqa: BLE001 - no error may stop the app
                if not again:
                    with suppress(Exception):
                        self._store.tell(error, ending=ending)
                return False
            return True
        finally:
            self._storing_thread = None
            self._storing.release()

    def _flush(self, counted: CountsToStore, *, wait: float) -> None:
        """Store counts as the present flush. Keep them unchanged until they are certainly stored."""
        self._unsure = counted if counted.requests else None
        self._store.store(counted, flush=Flush(self._process, self._flushes), wait=wait)
        self._unsure = None

    def _tell_beyond(self) -> None:
        beyond = self.counts.beyond
        if beyond > self._logged_beyond:
            self._store.tell_beyond(beyond - self._logged_beyond)
            self._logged_beyond = beyond

    @property
    def _has_counts(self) -> bool:
        return len(self.counts) > 0 or self._unsure is not None

    def finish(self) -> None:
        """Store the remaining counts at the end of the process."""
        if self._started and self.pid == os.getpid():
            self._wake.set()
            self.store(wait=WAIT_AT_EXIT, at_most=AT_EXIT, ending=True)

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
        except RuntimeError:  # no thread can be started
            return False
        return True

    def _run(self) -> None:
        wait = WAIT_IN_REQUEST if is_patched() else WAIT
        reloads = is_reloaded()
        while not self._wake.wait(SOON if reloads else seconds_to_go(time.time(), self.pid)):
            if not reloads:
                self._store_patiently(wait)
            elif self._has_counts or self._idle_for_a_minute:
                self.store(wait=wait)

    def _store_patiently(self, wait: float) -> None:
        """Store the counts. If that fails, try again soon: a report may have been reading the database."""
        for pause in PAUSES:
            if self.store(wait=wait, again=True) or self._wake.wait(pause):
                return
        self.store(wait=wait)

    @property
    def _idle_for_a_minute(self) -> bool:
        return time.monotonic() - self._stored_at > MINUTE


def seconds_to_go(now: float, pid: int) -> float:
    """Return the seconds until the next storing: a few seconds after the minute, depending on the process."""
    due = 1 + pid % SPREAD
    return MINUTE - (now - due) % MINUTE


def threads_run() -> bool:
    """Return whether a thread of ours would run. In uWSGI it does only if threads are enabled."""
    uwsgi = sys.modules.get("uwsgi")
    options = getattr(uwsgi, "opt", None)
    if options is None:
        return True
    return any(name in options for name in ("enable-threads", "threads", "gevent"))


def is_reloaded() -> bool:
    """Return whether this process was started by Werkzeug's reloader."""
    return os.environ.get("WERKZEUG_RUN_MAIN") == "true"


def is_patched() -> bool:
    """Return whether threads are greenlets of gevent. Waiting in SQLite would stop all of them."""
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("threading"))


RUNNING: weakref.WeakSet[StoringThread] = weakref.WeakSet()
"""The counters of this process, one for each app."""


def finish_all() -> None:
    """Store the counts of all apps in this process."""
    for storing in list(RUNNING):
        storing.finish()


atexit.register(finish_all)


def finish_at_sigterm() -> None:
    """Store the counts at SIGTERM, unless the server has a handler of its own for this signal.

    `flask run` and waitress have none. Other servers end normally, and `atexit` stores the counts.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if "uwsgi" in sys.modules or "mod_wsgi" in sys.modules:  # they handle signals themselves
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    finish_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
