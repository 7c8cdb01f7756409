"""Which runs are good: those that read every log to its end, whatever was refused of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.verdict.conftest import MINUTE

if TYPE_CHECKING:
    from tests.verdict.conftest import Played

REFUSED = '10.0.0.9 - - [99/Nov/2026:12:00:00 +0000] "GET /x HTTP/1.1" 200 5 "-" "x"'
"""A request whose date cannot be: it is refused."""


def test_refused_lines_beside_entries_leave_the_verdict_alone(played: Played) -> None:
    for minute in range(0, 20, 4):
        played.write(("/", 200))
        played.append([REFUSED] * 30)
        told = played.ingest()
        # the first look at a log says that most of it was not understood; later ones do not mail each minute
        assert told.status == (1 if minute == 0 else 0)
        assert played.first_line() == "✓ 1 route operational"
        assert played.call("check").status == 0
        played.now += 4 * MINUTE
    assert "150 of 155 lines (96.77 %) were not understood" in played.call("report").out


def test_a_log_that_is_no_longer_understood_is_reported(played: Played) -> None:
    played.write(*[("/", 200)] * 5)
    assert played.ingest().status == 0
    for minute in range(1, 22, 5):
        played.now += (1 if minute == 1 else 5) * MINUTE
        played.append([REFUSED] * 50)
        told = played.ingest()
        # 100 lines were refused at the second of these, and the first is fifteen minutes old at the fourth
        lost = minute >= 16
        assert told.status == int(lost)
        # a problem that lasts is told once a day
        assert ("no line is understood any more" in told.err) == (minute == 16)
    assert played.first_line() == (
        "– Log not understood since 12:01. By the lines that are understood: 1 route operational"
    )
    media = played.media()
    assert media.tab == "Log not understood – Status"
    assert (media.indicator, media.check) == ("minor", 3)
    assert media.check_text == "UNKNOWN - log not understood since 2026-11-23 12:01 UTC\n"
    played.write(("/", 200))
    assert played.ingest().status == 0
    assert played.first_line() == "✓ 1 route operational"


def test_a_few_refused_lines_an_hour_are_only_mentioned(played: Played) -> None:
    played.write(("/", 200))
    played.ingest()
    for _ in range(6):
        played.now += 31 * MINUTE
        played.append([REFUSED] * 40)
        assert played.ingest().status == 0
    assert played.first_line() == "– No requests since 12:00, 3 h"


def test_a_run_without_a_new_line_is_good(played: Played) -> None:
    played.write(("/", 200))
    played.ingest()
    played.now += 59 * MINUTE
    assert played.first_line().startswith("– Log not read since 12:00, 59 min ago.")
    assert played.ingest().status == 0
    assert played.first_line() == "✓ 1 route operational"


def test_a_run_with_an_unreadable_log_is_not_good(played: Played) -> None:
    played.write(("/", 200))
    played.ingest()
    missing = played.log.with_name("missing.log")
    for _ in range(2):
        played.now += 8 * MINUTE
        assert played.call("ingest", "-q", played.log, missing).status == 1
    assert played.first_line() == (
        "– Log not read since 12:00, 16 min ago. As of then: 1 route operational"
    )
