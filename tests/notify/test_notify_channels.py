"""Commands, a URL and Apprise take a message, or it is said why not; nothing waits for ever or leaks."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.model import Incident, Notice, Transition
from flask_status_cli.model.settings import NotifySettings
from flask_status_cli.notify import Channel, channels, message, send
from flask_status_cli.notify import test_message as message_of_a_test
from flask_status_cli.pipeline.notifications.queue_and_send import _notice as of_incident

Answering = Callable[..., Callable[[BaseHTTPRequestHandler], None]]
CLOSED_PORT = "http://127.0.0.1:9/"
DEADLINE = 120.0
"""Seconds after which anything that is waited for has failed."""


@pytest.fixture
def notice(incident: Callable[..., Incident]) -> Notice:
    return message(
        "aaaaaaaa", Transition.OPENED, incident(), document={"id": "aaaaaaaa"}, title="Shop"
    )


def told(
    settings: NotifySettings, notice: Notice, *, seconds: float = DEADLINE
) -> list[str | None]:
    """Send it everywhere; why it failed, in the order of the settings."""
    found = channels(settings)
    answers = send([(channel, notice) for channel in found], seconds=seconds)
    return [answers[channel] for channel in found]


def test_the_sentence_has_no_invisible_characters_of_a_path_or_a_host(
    incident: Callable[..., Incident],
) -> None:
    route = replace(incident().routes[0], label="shop\u200b", rule="/\u202egnp.exe\u2028")
    made = of_incident(
        "aaaaaaaa", Transition.OPENED, replace(incident(), routes=(route,)), title=""
    )
    text = json.loads(made.body)["text"]
    assert text.startswith("Incident: shop\\u200b: /\\u202egnp.exe\\u2028 since 2026-11-23")
    assert json.loads(made.body)["incident"]["routes"][0]["rule"] == "/\u202egnp.exe\u2028"


def test_a_message_is_json_with_a_sentence_for_people(notice: Notice) -> None:
    assert json.loads(notice.body) == {
        "schema_version": 1,
        "key": "aaaaaaaa-opened",
        "transition": "opened",
        "text": "[Shop] Incident: /checkout since 2026-11-23 10:04 UTC, "
        "45 of 60 requests failed (500, 502)",
        "incident": {"id": "aaaaaaaa"},
    }


@pytest.mark.parametrize(
    ("transition", "facts", "text"),
    [
        (
            Transition.WORSENED,
            {"rules": ("/a", "/b")},
            (
                "Incident, worse: /a and 1 more route since 2026-11-23 10:04 UTC, "
                "45 of 60 requests failed (500, 502)"
            ),
        ),
        (
            Transition.RESOLVED,
            {"rules": ("/a", "/b", "/c"), "lasted": 9},
            (
                "Resolved: /a and 2 more routes since 2026-11-23 10:04 UTC "
                "until 2026-11-23 10:13 UTC (9 min), 45 of 60 requests failed (500, 502)"
            ),
        ),
        (
            Transition.RESOLVED,
            {"lasted": 9, "recovered": False},
            (
                "Resolved: /checkout since 2026-11-23 10:04 UTC until 2026-11-23 10:13 UTC (9 min), "
                "without recovery: no success or server error for 25 hours, "
                "45 of 60 requests failed (500, 502)"
            ),
        ),
    ],
)
def test_the_sentence_says_where_since_when_and_how_much(
    incident: Callable[..., Incident], transition: Transition, facts: dict[str, Any], text: str
) -> None:
    made = message("aaaaaaaa", transition, incident(**facts), document=None, title="")
    assert json.loads(made.body)["text"] == text


def test_a_test_message_says_that_it_is_one() -> None:
    made = message_of_a_test("5eed5eed", title="", now=datetime(2026, 11, 23, 10, 5, tzinfo=UTC))
    assert json.loads(made.body) == {
        "schema_version": 1,
        "key": "5eed5eed-test",
        "transition": "test",
        "text": "Test: a message of flask-status, 2026-11-23 10:05 UTC",
        "incident": None,
    }


def test_a_url_gets_the_message_and_its_key(receiver: Any, notice: Notice) -> None:
    assert told(NotifySettings(webhook=receiver.url), notice) == [None]
    assert receiver.heard == [json.loads(notice.body)]
    (headers,) = receiver.headers
    assert headers["Idempotency-Key"] == "aaaaaaaa-opened"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("flask-status/")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_an_arrival(
    receiver: Any, notice: Notice, answering: Answering, status: int
) -> None:
    receiver.answer = answering(status)
    assert told(NotifySettings(webhook=receiver.url), notice) == [None]


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_every_other_answer_is_a_failure(
    receiver: Any, notice: Notice, answering: Answering, status: int
) -> None:
    receiver.answer = answering(status)
    assert told(NotifySettings(webhook=receiver.url), notice) == [f"answered {status}"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["file:///etc/passwd", "/elsewhere"])
def test_no_redirect_is_followed(
    receiver: Any, notice: Notice, answering: Answering, status: int, place: str
) -> None:
    receiver.answer = answering(status, Location=place)
    expected = f"answered {status} (redirects are not followed)"
    assert told(NotifySettings(webhook=receiver.url), notice) == [expected]
    assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("file:///etc/passwd", "is not an http:// or https:// URL"),
        ("ftp://127.0.0.1/", "is not an http:// or https:// URL"),
        (CLOSED_PORT, "Connection refused"),
        ("http://", "no host given"),
    ],
)
def test_a_url_that_cannot_be_reached_is_a_failure(notice: Notice, url: str, problem: str) -> None:
    assert told(NotifySettings(webhook=url), notice) == [problem]


def left(handler: BaseHTTPRequestHandler, seconds: float) -> bool:
    """Wait until the test ends, at most so long; return whether it does."""
    receiver: Any = handler.server
    ends: bool = receiver.leaving.wait(seconds)
    return ends


def silent(handler: BaseHTTPRequestHandler) -> None:
    left(handler, DEADLINE)
    handler.close_connection = True


def trickling(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte of a header now and then: no single wait is long."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not left(handler, 0.1):
            handler.wfile.write(b"x")
    except OSError:
        handler.close_connection = True


@pytest.mark.parametrize("how", [silent, trickling])
def test_a_slow_url_is_a_failure(
    receiver: Any, notice: Notice, how: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    receiver.answer = how
    (problem,) = told(NotifySettings(webhook=receiver.url), notice, seconds=0.5)
    assert problem == "no answer within 0.5 seconds"


def test_a_channel_that_hangs_does_not_delay_the_others(
    receiver: Any, notice: Notice, tmp_path: Path
) -> None:
    receiver.answer = silent
    out = tmp_path / "out"
    settings = NotifySettings(
        exec=(("sh", "-c", f"cat > {out}"), ("sleep", "600")), webhook=receiver.url
    )
    before = time.monotonic()
    assert told(settings, notice, seconds=2) == [
        None,
        "did not end within 2 seconds",
        "no answer within 2 seconds",
    ]
    assert time.monotonic() - before < DEADLINE / 2
    assert json.loads(out.read_text()) == json.loads(notice.body)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("true",), None),
        # It need not read what it is given.
        (("sh", "-c", "exec <&-; exit 0"), None),
        (("false",), "exit status 1"),
        (("sh", "-c", "echo oh; echo no >&2; exit 3"), "exit status 3: no"),
        (("/nowhere/mail",), "cannot be run: No such file or directory"),
        (("/",), "cannot be run: Permission denied"),
        (("a\0b",), "cannot be run: embedded null byte"),
        # No shell reads the words.
        (("echo $HOME; exit 7",), "cannot be run: No such file or directory"),
    ],
)
def test_a_command_that_exits_with_0_has_delivered_the_message(
    notice: Notice, words: tuple[str, ...], problem: str | None
) -> None:
    assert told(NotifySettings(exec=(words,)), notice) == [problem]


def test_a_command_is_killed_with_its_children(notice: Notice, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    words = ("sh", "-c", f"sleep 600 & echo $! > {pid}; wait")
    assert told(NotifySettings(exec=(words,)), notice, seconds=1) == [
        "did not end within 1 seconds"
    ]
    child = int(pid.read_text())
    end = time.monotonic() + DEADLINE
    while _runs(child):
        assert time.monotonic() < end, "it still runs"
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_nothing_secret_is_in_a_name_or_an_id() -> None:
    settings = NotifySettings(
        exec=(("mail", "-s", "secret"),),
        webhook="https://user:secret@hooks.example.com:8443/secret?token=secret",
        urls=("tgram://secret/secret",),
    )
    found = channels(settings)
    assert [channel.name for channel in found] == [
        "exec mail",
        "webhook https://hooks.example.com:8443",
        "apprise tgram",
    ]
    assert not [channel for channel in found if "secret" in channel.id]


def test_a_channel_keeps_its_id_while_its_setting_is_the_same() -> None:
    def ids(**settings: Any) -> list[str]:
        return [channel.id for channel in channels(NotifySettings(**settings))]

    assert ids(webhook="https://a/") == ids(webhook="https://a/")
    assert ids(webhook="https://a/") != ids(webhook="https://b/")
    assert ids(exec=(("a", "b c"),)) != ids(exec=(("a b", "c"),))
    # Named twice, told once.
    assert len(ids(exec=(("mail",), ("mail",)), urls=("json://a", "json://a"))) == 2
    assert ids() == []


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_apprise_sends_the_sentence(receiver: Any, notice: Notice) -> None:
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    url = f"json://127.0.0.1:{receiver.server_port}/"
    assert told(NotifySettings(urls=(url,)), notice) == [None]
    (heard,) = receiver.heard
    assert heard["title"] == "[Shop] Incident"
    assert heard["message"].startswith("/checkout since 2026-11-23 10:04 UTC")
    assert heard["type"] == "failure"


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_apprise_escapes_the_sentence_for_services_that_show_html(
    receiver: Any, notice: Notice
) -> None:
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    url = f"json://127.0.0.1:{receiver.server_port}/?format=html"
    rule = replace(notice, body=notice.body.replace("/checkout", "/users/<int:id>"))
    assert told(NotifySettings(urls=(url,)), rule) == [None]
    (heard,) = receiver.heard
    assert heard["message"].startswith("/users/&lt;int:id&gt;")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_apprise_sends_the_test_message(receiver: Any) -> None:
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    url = f"json://127.0.0.1:{receiver.server_port}/"
    now = datetime(2026, 11, 23, 10, 4, tzinfo=UTC)
    test = message_of_a_test("5eed5eed", title="Shop", now=now)
    assert told(NotifySettings(urls=(url,)), test) == [None]
    (heard,) = receiver.heard
    assert heard["title"] == "[Shop] Test"
    assert heard["message"] == "a message of flask-status, 2026-11-23 10:04 UTC"


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("nothing://known", "is not a URL that Apprise understands"),
        ("json://127.0.0.1:9/", "Apprise could not deliver the message"),
    ],
)
def test_a_message_that_apprise_cannot_send_is_a_failure(
    notice: Notice, url: str, problem: str
) -> None:
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    assert told(NotifySettings(urls=(url,)), notice) == [problem]


def test_without_apprise_the_message_says_what_to_install(
    notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert told(NotifySettings(urls=("mailto://a@example.com",)), notice) == [
        "needs Apprise; in a checkout of flask-status: pip install '.[notify]'"
    ]


def test_a_bug_in_a_channel_is_a_failure(notice: Notice) -> None:
    def broken(_: Notice, __: float) -> None:
        raise ZeroDivisionError

    answers = send([(Channel("x", "x", broken), notice)])
    assert set(answers.values()) == {"failed: ZeroDivisionError"}
