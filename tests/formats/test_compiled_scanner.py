"""The compiled scanner: what it takes, what it refuses, and the steps that it is given."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.formats.logformat.duration_fields import LINE_END, WORD_END
from flask_status_cli.formats.logformat.duration_steps import duration_steps
from flask_status_cli.formats.registry import lookup
from flask_status_cli.model.durations import RECORD
from tests.compiled_modules import needed

SECOND = b'10.0.0.1 - - [23/Nov/2026:06:42:0%d +0000] "GET /%d HTTP/1.1" 200 2\n'
BLOCK = b"".join(SECOND % (n, n) for n in range(5))
MINUTE = 29_928_402


@pytest.fixture
def scanner() -> Any:
    return needed("formats.counting.compiled._scanner").Scanner(
        opening=b' +0000] "', steps=b"", whole=False, separator=b":", longest=1000, most_keys=100,
        most_bytes=1000, most_others=10, secrets=bytes(range(16)), path_rules=None,
    )  # fmt: skip


def add(scanner: Any, others: Any = None) -> tuple[dict[int, dict[int, int]], tuple[int, int]]:
    minutes: dict[int, dict[int, int]] = {}
    days = {b"23/Nov/2026": MINUTE - 6 * 60 - 42}
    told = scanner.add(
        minutes, [], days, lambda _stamp: None, lambda _first, _newest: None, others or print
    )
    return minutes, told


def test_new_keys_are_returned_once_and_known_in_the_next_block(scanner: Any) -> None:
    lines, keys, prefixes, durations = scanner.scan(BLOCK * 2)
    assert (lines, prefixes, durations) == (10, [], [])
    assert keys == [b'GET /%d HTTP/1.1" 200 ' % n for n in range(5)]
    assert scanner.fill([7, 8, 9, 10, 7], [], []) == 0
    assert add(scanner) == ({MINUTE: {7: 4, 8: 2, 9: 2, 10: 2}}, (10, 10))
    assert scanner.scan(BLOCK) == (5, [], [], [])


def test_a_key_that_cannot_be_proven_is_asked_for_again(scanner: Any) -> None:
    handed: list[tuple[int, bytes]] = []
    for _ in range(2):
        keys = scanner.scan(BLOCK)[1]
        assert keys == [b'GET /3 HTTP/1.1" 200 '] if handed else len(keys) == 5
        assert scanner.fill([-1] if handed else [0, 1, 2, -1, 4], [], []) == 1
        assert add(scanner, lambda *lines: handed.append(lines))[1] == (4, 1)
    assert handed == [(3, SECOND % (3, 3))] * 2


def test_a_line_that_is_cut_anywhere_is_counted_or_handed_over(scanner: Any) -> None:
    """The line is the last of its block. So the sanitizers see it if the scanner reads on behind its end."""
    whole = SECOND % (1, 1)
    needed_until = whole.index(b" 200 ") + len(b" 200")
    for end in range(len(whole)):
        handed: list[tuple[int, bytes]] = []
        keys = scanner.scan(cut := whole[:end] + b"\n")[1]
        scanner.fill([7] * len(keys), [], [])
        counted = add(scanner, lambda *lines, handed=handed: handed.append(lines))[0]
        assert (counted, handed) in (({}, [(0, cut)]), ({MINUTE: {7: 1}}, []))
        assert end >= needed_until or not counted


def test_prefixes_that_are_not_always_right_are_asked_for_again(scanner: Any) -> None:
    block = b"ann " + BLOCK + b"bob " + BLOCK
    assert scanner.scan(block)[2] == [b"ann 10.0.0.1 - - ", b"bob 10.0.0.1 - - "]
    assert scanner.fill([0] * 5, [2, 0], []) == 1
    assert add(scanner, lambda *_: None)[1] == (9, 4)
    assert scanner.scan(block)[2] == [b"bob 10.0.0.1 - - "]


def test_the_logs_of_a_block_are_surveyed_up_to_the_first_odd_line(scanner: Any) -> None:
    later = BLOCK.replace(b":06:42", b":07:02")
    block = BLOCK + later + BLOCK + b"odd\n" + BLOCK
    scanner.scan(block)
    scanner.fill([1] * 5, [], [])
    days = {b"23/Nov/2026": MINUTE - 6 * 60 - 42}
    one, two, three = len(BLOCK), 2 * len(BLOCK), 3 * len(BLOCK)
    none = lambda _stamp: None  # noqa: E731 - a callback
    assert scanner.survey(days, none, [two, three, len(block)]) == [
        (10, MINUTE, MINUTE + 20),
        (15, MINUTE, MINUTE),
    ]
    empty = scanner.survey(days, none, [one, one, two])
    assert empty == [(5, MINUTE, MINUTE)]
    assert scanner.survey(days, none, [two], 5) == [(10, MINUTE + 20, MINUTE + 20)]
    assert scanner.survey(days, none, [len(block)], 16) == [(21, MINUTE, MINUTE)]
    for begin in (-1, 21, 1 << 60):
        assert scanner.survey(days, none, [len(block)], begin) == []
    minutes: dict[int, dict[int, int]] = {}
    scanner.add_some(minutes, [], days, none, 5, 12)
    assert minutes == {MINUTE + 20: {1: 5}, MINUTE: {1: 2}}
    for begin, end in ((-1, 2), (3, 2), (0, 22), (14, 17)):
        with pytest.raises(ValueError, match="lines"):
            scanner.add_some(minutes, [], days, none, begin, end)


def test_each_line_with_a_duration_is_a_record_of_its_hour_code_and_bucket() -> None:
    scanner = needed("formats.counting.compiled._scanner").Scanner(
        opening=b' +0000] "', steps=b"L\x01x(N)E", whole=False, separator=b":", longest=1000,
        most_keys=100, most_bytes=1000, most_others=10, secrets=bytes(range(16)), path_rules=None,
    )  # fmt: skip
    records: list[bytes] = []
    for took in (b"1", b"22", b"-", b"22"):
        line = b'10.0.0.1 - - [23/Nov/2026:06:42:00 +0000] "GET / HTTP/1.1" 200 x%b\n' % took
        _, keys, _, new = scanner.scan(line)
        scanner.fill([7] * len(keys), [], [9 << 32 if text == b"22" else -1 for text in new])
        days = {b"23/Nov/2026": MINUTE - 6 * 60 - 42}
        scanner.add({}, records, days, lambda _: None, lambda *_: None, print)
    assert [list(RECORD.iter_unpack(text)) for text in records] == [[(MINUTE // 60, 7, 9)]] * 2


def test_records_are_made_of_the_lines_that_have_a_minute_and_a_duration() -> None:
    records_of = needed("formats.counting.compiled._scanner").records_of
    found = records_of(
        [59, None, 60, -1, 60], [7, None, 8, 9, 9], [3 << 32, 0, -(1 << 60), 0, 5 << 32]
    )
    assert list(RECORD.iter_unpack(found)) == [(0, 7, 3), (-1, 9, 0), (1, 9, 5)]
    assert records_of([], [], []) == b""
    with pytest.raises(ValueError, match="each line"):
        records_of([1], [1], [])
    with pytest.raises(ValueError, match="no such hour"):
        records_of([1 << 40], [1], [0])
    with pytest.raises(ValueError, match="no such hour or code"):
        records_of([1], [1 << 32], [0])
    for wrong in ([1, None, 0], ["1", 1, 0], [1, 1, None]):
        with pytest.raises(TypeError):
            records_of(*([each] for each in wrong))


def test_an_interrupted_block_leaves_nothing_behind(scanner: Any) -> None:
    def fails(_counted: int, _lines: bytes) -> None:
        raise KeyError

    scanner.scan(BLOCK)  # and nobody tells the codes
    assert len(scanner.scan(BLOCK + b"odd\n" + BLOCK)[1]) == 5
    scanner.fill([1] * 5, [], [])
    with pytest.raises(KeyError):
        add(scanner, fails)
    scanner.scan(BLOCK)
    scanner.fill([], [], [])
    assert add(scanner) == ({MINUTE: {1: 5}}, (5, 5))


def test_calls_out_of_order_and_wrong_values_are_refused(scanner: Any) -> None:
    for block in (b"", b"GET", BLOCK[:-1]):
        with pytest.raises(ValueError, match="ends with a line end"):
            scanner.scan(block)
    for call in (lambda: add(scanner), scanner.odd_lines, lambda: scanner.fill([], [], [])):
        with pytest.raises(ValueError, match="no block was scanned"):
            call()
    scanner.scan(BLOCK)
    with pytest.raises(ValueError, match="one number for each new text"):
        scanner.fill([1], [], [])
    with pytest.raises(TypeError):
        scanner.fill([None] * 5, [], [])
    with pytest.raises(ValueError, match="no block was scanned"):
        add(scanner)
    with pytest.raises(TypeError):
        scanner.scan("text")
    with pytest.raises(TypeError, match="made once"):
        scanner.__init__(opening=b"", steps=b"")


def test_a_call_within_another_call_is_refused(scanner: Any) -> None:
    refused: list[str] = []

    def calls(_counted: int, _lines: bytes) -> None:
        for call in (lambda: scanner.scan(BLOCK), lambda: scanner.fill([], [], []),
                     scanner.new_rules, scanner.odd_lines, scanner.forget, lambda: add(scanner)):  # fmt: skip
            with pytest.raises(RuntimeError, match="in use") as error:
                call()
            refused.append(str(error.value))

    scanner.scan(b"odd\n" + BLOCK)
    scanner.fill([1] * 5, [], [])
    assert add(scanner, calls) == ({MINUTE: {1: 5}}, (5, 5))
    assert len(refused) == 6
    assert scanner.scan(BLOCK) == (5, [], [], [])


def test_a_number_that_runs_python_cannot_change_the_block(scanner: Any) -> None:
    class Number:
        def __index__(self) -> int:
            scanner.scan(BLOCK * 1000)
            return 1

    scanner.scan(BLOCK)
    with pytest.raises(RuntimeError, match="in use"):
        scanner.fill([Number()] * 5, [], [])
    assert scanner.fill([1] * 5, [], []) == 0
    assert add(scanner) == ({MINUTE: {1: 5}}, (5, 5))


def test_two_threads_at_once_never_mix_their_blocks(scanner: Any) -> None:
    block, refused, counted = BLOCK * 20_000, 0, 0
    scanner.scan(BLOCK)
    scanner.fill([1] * 5, [], [])

    def scan() -> bool:
        try:
            return scanner.scan(block)[0] == 100_000  # type: ignore[no-any-return]
        except RuntimeError:
            return False

    with ThreadPoolExecutor(2) as threads:
        for done in threads.map(lambda _: scan(), range(20)):
            counted, refused = counted + done, refused + (not done)
    assert counted > 0
    assert counted + refused == 20


@pytest.mark.parametrize(
    "steps", [b"L", b"L\x05abcd", b"T\xff", b"X", b")", b"(", b"(N)(N)", b"()x", b"N(", b"L\x00)"]
)
def test_steps_that_are_cut_or_unknown_are_refused(steps: bytes) -> None:
    with pytest.raises(ValueError, match="no steps"):
        needed("formats.counting.compiled._scanner").Scanner(
            opening=b"", steps=steps, whole=False, separator=b":", longest=9, most_keys=9,
            most_bytes=9, most_others=9, secrets=bytes(16), path_rules=None,
        )  # fmt: skip


def test_an_empty_duration_is_a_text_like_others() -> None:
    scanner = needed("formats.counting.compiled._scanner").Scanner(
        opening=b' +0000] "', steps=b"L\x012(N)E", whole=False, separator=b":", longest=1000,
        most_keys=9, most_bytes=999, most_others=9, secrets=bytes(16), path_rules=None,
    )  # fmt: skip
    assert scanner.scan(BLOCK)[3] == [b""]


def test_a_scanner_that_was_never_made_reads_nothing() -> None:
    kind = needed("formats.counting.compiled._scanner").Scanner
    scanner = kind.__new__(kind)
    assert scanner.scan(BLOCK + b"\n") == (6, [], [], [])
    assert scanner.fill([], [], []) == 6


@pytest.mark.parametrize("code", [1 << 26, 1 << 62, (1 << 63) - 1, 1 << 63, -(1 << 63) - 1])
def test_a_code_that_is_too_large_is_refused(scanner: Any, code: int) -> None:
    scanner.scan(BLOCK)
    with pytest.raises(OverflowError):
        scanner.fill([code] * 5, [], [])
    assert scanner.fill([1] * 5, [], []) == 0


def test_tables_that_are_full_begin_again_and_lose_no_line() -> None:
    """A table has place for 3 keys and 2 prefixes, and every block brings more."""
    scanner = needed("formats.counting.compiled._scanner").Scanner(
        opening=b' +0000] "', steps=b"L\x011L\x01 (N)E", whole=False, separator=b":", longest=1000,
        most_keys=3, most_bytes=70, most_others=2, secrets=bytes(range(16)), path_rules=None,
    )  # fmt: skip
    line = b'u%d 10.0.0.1 - - [23/Nov/2026:06:42:01 +0000] "GET /%d HTTP/1.1" 200 1 0.%d\n'
    for number in range(40):
        _, keys, prefixes, durations = scanner.scan(
            b"".join(line % (n % 5, n % 7, n % 3) for n in range(number, number + 10))
        )
        codes = [int(key.split(b" ")[1][1:]) for key in keys]
        buckets = [int(text[2:]) << 32 for text in durations]
        assert scanner.fill(codes, [2] * len(prefixes), buckets) == 0
        minutes: dict[int, dict[int, int]] = {}
        records: list[bytes] = []
        days = {b"23/Nov/2026": MINUTE - 6 * 60 - 42}
        scanner.add(minutes, records, days, print, lambda *_: None, print)
        expected = [(MINUTE // 60, n % 7, n % 3) for n in range(number, number + 10)]
        assert minutes == {MINUTE: Counter(code for _, code, _ in expected)}
        assert list(RECORD.iter_unpack(records[0])) == expected


QUOTED = rb'"(?:(?:[^\%b"\\]++|\\.)*+)"' % b"\n"


@pytest.mark.parametrize(
    ("pattern", "steps"),
    [
        (rb"([-.0-9]*+)" + LINE_END, b"(N)E"),
        (rb"(?:[-.0-9]*+)\ ([-.0-9]*+)" + WORD_END, b"NL\x01 (N)S"),
        (
            QUOTED + rb"\ rt=([-.0-9]*+)" + WORD_END,
            b'L\x01"T\x01"L\x05" rt=(N)S',
        ),
        (rb"([-.0-9]*+)", None),  # nothing says where it ends
        (rb"(?:[-.0-9]*+)" + LINE_END, None),  # no duration
        (rb"([.0-9]*+)" + LINE_END, None),  # another number
        (rb"x+([-.0-9]*+)" + LINE_END, None),  # a repetition
        (rb"(?:a|b)([-.0-9]*+)" + LINE_END, None),  # a choice
        (rb"(?>([-.0-9]*+))" + LINE_END, None),  # a group of another kind
        (rb"(?:[^ ]++|\\.)*+\ ([-.0-9]*+)" + LINE_END, None),  # a text that may hold a line end
    ],
)
def test_the_pattern_before_a_duration_becomes_steps(pattern: bytes, steps: bytes | None) -> None:
    assert duration_steps(pattern) == steps


NGINX = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)
APACHE = '%h %l %u %t "%r" %>s %b'


@pytest.mark.parametrize(
    "form",
    [
        f"{NGINX} $request_time",
        f'{NGINX} "$http_x_forwarded_for" rt=$request_time uct="$upstream_connect_time"',
        f"{APACHE} %D",
        f'{APACHE} "%{{Referer}}i" "%{{User-Agent}}i" %D "%{{X}}i"',
        f'{APACHE} "%{{Referer}}i" "%{{User-Agent}}i" "%{{X}}i" "%T"',
    ],
)
def test_the_scanner_finds_the_durations_of_usual_formats(form: str) -> None:
    shapes = lookup(form).family.shapes
    assert shapes is not None
    assert shapes(dt.UTC).scannable


COUNTS = st.dictionaries(
    st.integers(-3, 9),
    st.dictionaries(st.integers(0, 4), st.integers(1, 9), max_size=5),
    max_size=9,
)


@given(COUNTS, COUNTS)
def test_counts_of_another_process_are_added_as_python_adds_them(
    mine: dict[int, dict[int, int]], theirs: dict[int, dict[int, int]]
) -> None:
    module = needed("formats.counting.compiled._scanner")
    sums = {
        (minute, code): number for minute, cells in mine.items() for code, number in cells.items()
    }
    codes = [7, 3, 3, 1, 0]
    for minute, cells in theirs.items():
        for code, number in cells.items():
            key = minute, codes[code]
            sums[key] = sums.get(key, 0) + number
    module.absorb(mine, theirs, codes)
    assert sums == {
        (minute, code): number for minute, cells in mine.items() for code, number in cells.items()
    }
    assert mine.keys() >= theirs.keys()


def test_counts_with_a_code_that_was_never_sent_are_refused() -> None:
    module = needed("formats.counting.compiled._scanner")
    same = {1: {0: 1}}
    for theirs, error in (
        ({1: {1: 1}}, IndexError),
        ({1: [1]}, TypeError),
        (same, ValueError),
        (dict(same), ValueError),  # another dict with the same counts in it
    ):
        with pytest.raises(error):
            module.absorb(same, theirs, [0])
