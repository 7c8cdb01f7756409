"""The counter's books: every line is counted once, in the right place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flask_status_cli.formats import CountedLines, LineCounter
from flask_status_cli.model import MAX_LINE, Refused, UnreadKind

MINUTE = int(datetime(2026, 11, 23, 6, 42, tzinfo=UTC).timestamp()) // 60
QUARTER = MINUTE // 15
NOISE, REFUSED = UnreadKind.NOISE, UnreadKind.REFUSED


def line(target: str, *, at: str = "06:42:01", status: int = 200) -> bytes:
    text = f'1.2.3.4 - - [23/Nov/2026:{at} +0000] "GET {target} HTTP/1.1" {status} 2 "-" "-"\n'
    return text.encode()


def status_code(method: str | None, target: str | None, status: int) -> int:
    return status


def counter(**given: object) -> LineCounter:
    return LineCounter(status_code, zone=UTC, **given)  # type: ignore[arg-type]  # as the test gives them


def count(block: bytes) -> CountedLines:
    one = counter()
    one.feed(block)
    return one.take()


def test_requests_are_counted_by_minute_and_code() -> None:
    block = line("/a") * 3 + line("/b", status=500) + line("/a", at="06:43:59") + line("/c")
    counted = count(block)
    assert counted.minutes == {MINUTE: {200: 4, 500: 1}, MINUTE + 1: {200: 1}}
    assert (counted.lines, counted.entries) == (6, 6)


def test_lines_before_the_first_entry_wait_for_its_quarter() -> None:
    one = counter()
    one.feed(b" * Serving Flask app 'x'\n1.2.3.4 - ?\n")
    waiting = one.take()
    assert (waiting.lines, waiting.noise, waiting.refused) == (
        2,
        {"banner": 1},
        {"no known format": 1},
    )
    assert waiting.unread == {}
    assert one.pending == {(NOISE, "banner"): 1, (REFUSED, "no known format"): 1}

    one.feed(line("/a") + b"\n" + line("/b", at="07:00:00") + b"1.2.3.4 - ?\n" + line("/c") + b"\n")
    counted = one.take()
    assert counted.unread == {
        (QUARTER, NOISE, "banner"): 1,
        (QUARTER, REFUSED, "no known format"): 1,
        (QUARTER, NOISE, "blank line"): 1,
        (QUARTER + 2, REFUSED, "no known format"): 1,
        (QUARTER + 2, NOISE, "blank line"): 1,  # an older entry does not turn the time back
    }
    assert one.pending == {}
    assert one.newest == MINUTE + 18


def test_a_stream_goes_on_with_its_newest_minute_and_pending_lines() -> None:
    one = counter(newest=MINUTE)
    one.feed(b"\n")
    assert one.take().unread == {(QUARTER, NOISE, "blank line"): 1}

    other = counter(pending={(NOISE, "banner"): 7})
    other.feed(line("/a"))
    assert other.take().unread == {(QUARTER, NOISE, "banner"): 7}


def test_rewinding_forgets_what_was_not_taken() -> None:
    one = counter()
    one.feed(line("/a"))
    one.take()
    one.feed(line("/b", at="23:59:00") + b"1.2.3.4 - ?\n")
    one.rewind(MINUTE, {})
    one.feed(line("/c") + b"1.2.3.4 - ?\n")
    counted = one.take()
    assert counted.minutes == {MINUTE: {200: 1}}
    assert counted.unread == {(QUARTER, REFUSED, "no known format"): 1}
    assert counted.samples == (Refused(3, "no known format", "1.2.3.4 - ?"),)
    assert one.newest == MINUTE


W3C = b"#Fields: time date sc-status cs-method cs-uri-stem\n07:00:00 2026-11-23 404 GET /c\n"

LOGS = {
    "refused before the first entry": b"1.2.3.4 - ?\n" + line("/a"),
    "two minutes": line("/a") + line("/b", at="06:43:00", status=500),
    "another offset": line("/a", at="08:42:01").replace(b"+0000", b"+0200") * 2,
    "not finished, and no entry": b"* Running on http://127.0.0.1:5000",
    "a W3C log": W3C,
    "its lines alone": W3C.split(b"\n", 1)[1],
    "many": line("/a") * 40 + b"what?\n" + line("/b") * 40,
    "empty": b"",
}


@pytest.mark.parametrize("last", LOGS)
def test_a_counter_that_begins_another_log_counts_it_like_a_new_one(last: str) -> None:
    one = counter()
    for log in LOGS.values():
        one.begin_log(None, {})
        one.feed(log)
    one.begin_log(MINUTE - 15, {})
    fresh = counter(newest=MINUTE - 15)
    for each in (one, fresh):
        each.feed(LOGS[last])
    assert (one.lines, one.newest, one.pending) == (fresh.lines, fresh.newest, fresh.pending)
    assert one.header == fresh.header
    assert one.take() == fresh.take()


def test_codes_are_asked_for_again_after_they_were_renewed() -> None:
    code = 1
    one = LineCounter(lambda _method, target, status: code, zone=UTC)
    one.feed(line("/a") * 5)
    assert one.take().minutes == {MINUTE: {1: 5}}
    code = 2
    one.forget_codes()
    one.feed(line("/a") * 5)
    assert one.take().minutes == {MINUTE: {2: 5}}


def test_a_malformed_request_has_no_target() -> None:
    codes = {(None, 400): 7}
    one = LineCounter(lambda _method, target, status: codes[target, status], zone=UTC)  # type: ignore[index]  # a target would fail
    one.feed(line("/a", status=400).replace(b"GET /a HTTP/1.1", b"\\x16\\x03") * 2)
    one.feed(line("/a", status=400).replace(b"GET /a HTTP/1.1", b"hello") * 2)
    assert one.take().minutes == {MINUTE: {7: 4}}


def test_the_first_refused_lines_are_kept_with_their_numbers() -> None:
    one = counter()
    one.feed(line("/a") * 2 + b"::1 - \xe9 \x1b[31m\n" + line("/a"))
    one.feed(b"::1 - " + b"x" * 1000 + b"\n")
    samples = one.take().samples
    assert [(sample.line_number, sample.sample[:9]) for sample in samples] == [
        (3, "::1 - \udce9 \x1b"),
        (5, "::1 - xxx"),
    ]
    one.feed(b"1.2.3.4 - ?\n" * 100)
    assert [sample.line_number for sample in one.take().samples] == [6, 7, 8, 9, 10]


def test_nuls_before_a_line_are_a_line_of_noise_of_their_own() -> None:
    counted = count(line("/a") + b"\0" * 4096 + line("/b") + b"\0\0\n" + b"\0::1 - ?\n")
    assert counted.entries == 2
    assert counted.noise == {"nul bytes": 3}
    assert counted.refused == {"no known format": 1}
    assert counted.lines == 6


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_one_carriage_return_belongs_to_the_line_end(end: bytes) -> None:
    block = b"".join(
        one.rstrip(b"\n") + end
        for one in (line("/a"), b"", b'1.2.3.4 - - [23/Nov/2026 06:42:01] "GET / HTTP/1.1" 200 -')
    )
    counted = count(block)
    assert (counted.entries, counted.noise) == (2, {"blank line": 1})


def test_a_byte_order_mark_before_the_first_line_is_skipped() -> None:
    assert count(b"\xef\xbb\xbf" + line("/a")).entries == 1


def test_a_line_that_is_too_long_is_refused_whatever_it_holds() -> None:
    entry = line("/a").rstrip(b'"\n')
    fits = entry + b"x" * (MAX_LINE - len(entry)) + b"\n"
    too_long = entry + b"x" * (MAX_LINE - len(entry) + 1) + b"\n"
    counted = count(line("/a") + fits + too_long + line("/a"))
    assert counted.entries == 3
    assert counted.refused == {"line too long": 1}


def test_the_last_line_needs_no_line_end() -> None:
    assert count(line("/a") + line("/b").rstrip(b"\n")).entries == 2
    assert count(b"").lines == 0


def test_a_format_given_by_the_user_is_the_only_one_tried() -> None:
    both = line("/a") + b'1.2.3.4 - - [23/Nov/2026 06:42:01] "GET / HTTP/1.1" 200 -\n'
    for name, entries in (("common", 1), ("werkzeug", 1), ("combined", 1)):
        one = counter(order=[name])
        one.feed(both)
        counted = one.take()
        assert (counted.entries, counted.refused) == (entries, {"no known format": 1})


def test_the_memory_for_what_was_proven_is_bounded(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = "flask_status_cli.formats.counting.compiled.compiled_bulk"
    monkeypatch.setattr(f"{compiled}._KEYS", 50)
    monkeypatch.setattr(f"{compiled}._OTHERS", 50)
    monkeypatch.setattr("flask_status_cli.formats.counting.line_cache._KEYS", 50)
    monkeypatch.setattr("flask_status_cli.formats.counting.line_cache._ALIKE", 50)
    monkeypatch.setattr("flask_status_cli.formats.counting.line_cache._PREFIXES", 50)
    asked: list[str | None] = []

    def resolve(method: str | None, target: str | None, status: int) -> int:
        asked.append(target)
        return status

    one = LineCounter(resolve, zone=UTC)
    lines = [line(f"/{n}").replace(b"1.2.3.4 - -", b"h%d - u%d" % (n, n)) for n in range(200)]
    one.feed(lines[0])  # it says which offset the stamps have
    for each in lines:
        one.feed(each)
    one.feed(lines[100] * 2)
    assert one.take().minutes == {MINUTE: {200: 203}}
    assert asked.count("/100") == 2  # forgotten once, asked for again, then known


def test_who_wants_refused_lines_gets_each_as_it_was_read() -> None:
    given: list[tuple[int, str, bytes]] = []
    one = counter(on_refused=lambda *refused: given.append(refused))
    one.feed(
        b"1.2.3.4 - ?\r\n"
        + line("/a")
        + b"\n::2 - \r?\n"
        + line("/a")[:-1]
        + b"\r\n"
        + b"\0::3 - ?\n"
    )
    one.feed(b"::4 - ?\n::5 - ?\r")
    assert given == [
        (1, "no known format", b"1.2.3.4 - ?\r\n"),
        (4, "no known format", b"::2 - \r?\n"),
        (6, "no known format", b"\0::3 - ?\n"),
        (7, "no known format", b"::4 - ?\n"),
        (8, "no known format", b"::5 - ?\r\n"),
    ]


def test_a_line_that_is_too_long_is_handed_on_as_it_was_cut() -> None:
    given: list[bytes] = []
    one = counter(on_refused=lambda number, reason, refused: given.append(refused))
    long = b"x" * (MAX_LINE + 1) + b"\r\n"
    one.feed(line("/a") + long + line("/a"))
    assert given == [long]
