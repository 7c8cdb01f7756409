"""Incidents made by hand, and a receiver of messages on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from flask_status_cli.model import (
    AffectedRoute,
    Incident,
    IncidentAnchor,
    IncidentNote,
    WorstMinute,
)

START = datetime(2026, 11, 23, 10, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def make_incident(
    name: str = "aaaaaaaa",
    *,
    start: datetime = START,
    lasted: int | None = None,
    last_failure: datetime | None = None,
    aliases: tuple[str, ...] = (),
    rules: tuple[str, ...] = ("/checkout",),
    false_alarm: bool = False,
    recovered: bool = True,
    **facts: Any,
) -> Incident:
    """An incident of one route or more, open unless it says how many minutes it lasted."""
    end = None if lasted is None else start + lasted * MINUTE
    last = last_failure or (start if end is None else end - MINUTE)
    return Incident(
        id=name,
        aliases=aliases,
        start=start,
        end=end,
        recovered=None if end is None else recovered,
        last_failure=last,
        last_request=last,
        duration_minutes=lasted or 1,
        failures=45,
        valid=60,
        statuses={500: 40, 502: 5},
        worst=WorstMinute(start, 5, 5),
        routes=tuple(AffectedRoute("", rule, "", start, end, 45, 60, {500: 45}) for rule in rules),
        anchor=IncidentAnchor(name, "", rules[0], 29_000_000),
        note=IncidentNote(false_alarm=True) if false_alarm else None,
        **facts,
    )


@pytest.fixture(scope="session")
def incident() -> Callable[..., Incident]:
    return make_incident


class Receiver(ThreadingHTTPServer):
    """Keeps what is posted to it, and answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.leaving = threading.Event()
        self.answer: Callable[[BaseHTTPRequestHandler], None] = answer(200)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?token=secret"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(json.loads(body))
        self.server.headers.append(dict(self.headers))
        self.server.answer(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def answer(status: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with this status and these headers."""

    def do(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return do


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.leaving.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def answering() -> Callable[..., Callable[[BaseHTTPRequestHandler], None]]:
    return answer
