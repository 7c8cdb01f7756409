"""An app that counts itself, and a log of the same requests: each request counts once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.model import Flush, IngestResult, UrlMap, UrlRule
from flask_status_cli.model.settings import Settings
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.run import ingest
from flask_status_cli.pipeline.live_counts import LiveCountOptions, end_live, store_live
from flask_status_cli.pipeline.report import counts
from flask_status_cli.store.counts.extension_spans import GRACE

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
MAP = UrlMap((UrlRule("/"),), complete=True)


class Both:
    """An app with a log: minutes are after ten o'clock."""

    def __init__(self, home: Path, web: Any) -> None:
        self.database = home / "status.db"
        self.path = home / "access.log"
        self._web = web
        self.clock = web.Clock(TEN)
        self._settings = Settings()
        self._flushes = 0

    def log(self, *minutes: int, requests: int = 10) -> None:
        """The server writes lines of these minutes."""
        with self.path.open("a") as file:
            for minute in minutes:
                when = TEN + timedelta(minutes=minute)
                file.write(self._web.line(when, "/", 200) * requests)

    def flush(self, now: int, minutes: dict[int, int]) -> int:
        """The extension stores what it counted in these minutes; how many requests it left to the log."""
        first = int(TEN.timestamp()) // 60
        self.clock.now = TEN + timedelta(minutes=now, seconds=3)
        requests = {(first + minute, "/", 200): number for minute, number in minutes.items()}
        options = LiveCountOptions(self.database, self._settings, 1.0)
        self._flushes += 1
        flush = Flush("a process", self._flushes)
        return store_live(requests, MAP, options, flush=flush, changed=False, clock=self.clock)

    def end(self) -> None:
        """The app is started again with `count=False`."""
        end_live(LiveCountOptions(self.database, self._settings, 1.0), clock=self.clock)

    def ingest(self, now: int) -> IngestResult:
        self.clock.now = TEN + timedelta(minutes=now, seconds=30)
        options = IngestOptions(self.database, (str(self.path),), UTC)
        return ingest(options, clock=self.clock, progress=lambda *_: None)

    def counted(self) -> dict[int, int]:
        first = int(TEN.timestamp()) // 60
        with counts(self.database, "minute") as (rows, _):
            return {row.time - first: row.requests for row in rows}


@pytest.fixture
def both(tmp_path: Path, web: Any) -> Both:
    return Both(tmp_path, web)


def test_a_log_beside_the_extension_adds_nothing_and_says_so(both: Both) -> None:
    both.flush(3, {1: 10, 2: 10})
    both.log(1, 2, 3)
    result = both.ingest(3)
    assert (result.logs[0].entries, result.left_out) == (30, 30)
    both.flush(4, {3: 10})
    assert both.counted() == {1: 10, 2: 10, 3: 10}


def test_a_log_from_before_the_extension_is_counted(both: Both) -> None:
    both.flush(62, {61: 10})
    both.log(0, 1, 60, 61, 62)
    assert both.ingest(62).left_out == 20
    assert both.counted() == {0: 10, 1: 10, 60: 10, 61: 10}


def test_from_the_log_to_the_extension_no_request_is_lost_or_counted_twice(both: Both) -> None:
    both.log(0, 1, 2)
    both.ingest(2)
    # the app is started in minute 3, of which it sees a part; it stores after minute 4 has begun
    left = both.flush(4, {3: 4, 4: 1})
    assert left == 4  # the log has these, with the others of minute 3
    both.log(3, 4, 5)
    assert both.ingest(5).left_out == 20
    both.flush(6, {4: 9, 5: 10})
    assert both.counted() == dict.fromkeys(range(6), 10)


def test_minutes_ingested_before_the_extension_first_stores_stay(both: Both) -> None:
    both.log(0, 1, 2)
    both.log(3, requests=6)
    both.ingest(3)
    assert both.flush(4, {2: 5, 3: 10, 4: 1}) == 15
    both.log(3, requests=4)
    both.log(4)
    assert both.ingest(4).left_out == 10
    both.flush(5, {4: 9})
    assert both.counted() == dict.fromkeys(range(5), 10)


def test_from_the_extension_to_the_log_the_minute_of_the_switch_is_the_extensions(
    both: Both,
) -> None:
    both.flush(1, {0: 10, 1: 3})
    both.end()
    both.log(0, 1, 2, 3)
    assert both.ingest(3).left_out == 20
    assert both.counted() == {0: 10, 1: 3, 2: 10, 3: 10}


def test_some_time_after_an_app_ended_its_log_is_counted_again(both: Both) -> None:
    both.flush(1, {0: 10})
    both.log(*range(12))
    result = both.ingest(12)
    assert result.left_out == (2 + GRACE) * 10
    assert both.counted() == {0: 10} | dict.fromkeys(range(2 + GRACE, 12), 10)


def test_an_app_that_starts_again_counts_from_where_the_log_ended(both: Both) -> None:
    both.flush(1, {0: 10, 1: 10})
    both.log(*range(10))
    both.ingest(9)
    late = dict.fromkeys(range(2, 11), 10)
    both.flush(10, late)  # it could not store for nine minutes
    both.log(10, 11)
    both.ingest(11)
    both.flush(12, {11: 10})
    assert both.counted() == dict.fromkeys(range(12), 10)


def test_each_of_several_workers_stores_its_own_counts(both: Both) -> None:
    both.flush(2, {1: 4, 2: 1})
    both.flush(2, {0: 1, 1: 5})  # of a worker that began before the first one
    both.flush(2, {2: 2})
    assert both.counted() == {0: 1, 1: 9, 2: 3}


def test_another_label_is_another_app(both: Both) -> None:
    both.flush(2, {1: 10})
    both.log(1)
    options = IngestOptions(both.database, (str(both.path),), UTC, label="other")
    result = ingest(options, clock=both.clock, progress=lambda *_: None)
    assert result.left_out == 0


def test_a_log_with_a_wrong_clock_does_not_silence_the_extension(both: Both) -> None:
    both.log(60 * 24 * 300)
    both.ingest(1)
    assert both.flush(2, {1: 10}) == 0
    assert both.counted()[1] == 10


def test_a_minute_without_requests_is_a_good_run(both: Both) -> None:
    from zoneinfo import ZoneInfo

    from flask_status_cli.pipeline.report import ReportOptions, summarize

    both.flush(2, {1: 10})
    both.flush(40, {})
    summary = summarize(ReportOptions(both.database, ZoneInfo("UTC")), clock=both.clock)
    assert summary.data.stale is False
    assert summary.data.ingested_at == TEN + timedelta(minutes=40, seconds=3)


@pytest.mark.parametrize(("left", "told"), [(1, "1 request left"), (1200, "1,200 requests left")])
def test_requests_that_are_left_out_are_reported_at_the_end_of_a_run(
    left: int, told: str, both: Both, capsys: pytest.CaptureFixture[str]
) -> None:
    from flask_status_cli.cli import run

    both.flush(2, {1: 10})
    both.log(1, requests=left)
    log = str(both.database.with_name("access.log"))
    assert run(["--db", str(both.database), "ingest", "--dry-run", log]) == 0
    assert f"{told} out: the app counts them itself\n" in capsys.readouterr().err
    assert run(["--db", str(both.database), "ingest", "-q", log]) == 0
    assert capsys.readouterr().err == ""


def test_notify_send_announces_incidents_of_an_app_that_counts_itself(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json
    import time

    from flask_status_cli.cli import run

    monkeypatch.chdir(tmp_path)
    told = tmp_path / "told.json"
    command = json.dumps([["sh", "-c", f"cat > {told}"]])
    (tmp_path / "flask-status.toml").write_text(f"[notify]\nexec = {command}\n")
    now = int(time.time()) // 60
    both.clock.now = datetime.now(UTC)
    failing = {(now - ago, "/", 500): 9 for ago in range(5)}
    options = LiveCountOptions(both.database, Settings(), 1.0)
    flush = Flush("a process", 1)
    store_live(failing, MAP, options, flush=flush, changed=False, clock=both.clock)
    for _ in range(2):
        assert run(["--db", str(both.database), "notify", "send"]) == 0
    message = json.loads(told.read_text())
    assert message["transition"] == "opened"
    assert [route["rule"] for route in message["incident"]["routes"]] == ["/"]
    told.unlink()
    assert run(["--db", str(both.database), "notify", "send"]) == 0
    assert not told.exists()  # each transition is told once
