"""The rows of counts and of durations are the same, whether C or Python makes them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model.duration_buckets import BUCKETS, CODES
from flask_status_cli.model.durations import RECORD, RecordedDurations
from flask_status_cli.store.counts import duration_rows, upsert, waiting_paths
from flask_status_cli.store.database.row_text import RowText, RowTexts
from flask_status_cli.store.database.sqlite_errors import DamagedValue
from flask_status_cli.store.statements import compiled
from tests.compiled_modules import needed

Minutes = dict[int, dict[int, int]]
PLACES = st.dictionaries(
    st.integers(0, 12), st.tuples(st.integers(1, 3), st.sampled_from([200, 404, 500])), max_size=12
)
MINUTES = st.dictionaries(
    st.one_of(st.integers(-40, 40), st.integers(29_000_000, 29_000_040)),
    st.dictionaries(st.integers(0, 14), st.integers(1, 2**40), max_size=6),
    max_size=60,
)


class Added:
    """A connection that keeps what is added, by the table."""

    def __init__(self, *, takes_text: bool = False) -> None:
        self.takes_text = takes_text
        self.rows: dict[object, list[tuple[int, ...]]] = defaultdict(list)

    def add_at_last(self, statement: object, flat: Sequence[int]) -> None:
        self.rows[statement] += zip(*[iter(flat)] * 4, strict=True)

    def add_made(self, make: Callable[[], Iterable[tuple[object, Sequence[int]]]]) -> None:
        for statement, flat in make():
            self.add_at_last(statement, flat)

    @property
    def minutes(self) -> list[tuple[int, ...]]:
        return self.rows[compiled.ADD_MINUTES]

    @property
    def quarters(self) -> list[tuple[int, ...]]:
        return self.rows[compiled.ADD_QUARTERS]


def rows_module() -> Any:
    return needed("store.counts.rows._count_rows")


def added(
    places: upsert.Places, minutes: Minutes, module: Any, *, takes_text: bool = False
) -> tuple[Added, set[int]]:
    connection: Any = Added(takes_text=takes_text)
    with (
        mock.patch.object(upsert, "compiled_module", return_value=module),
        mock.patch.object(upsert, "VALUES_AT_ONCE", 16),
        mock.patch.object(upsert, "BYTES_AT_ONCE", 60),
    ):
        return connection, set(upsert.add(connection, places, minutes))


def expected(places: upsert.Places, minutes: Minutes, length: int) -> Counter[tuple[int, ...]]:
    sums: Counter[tuple[int, ...]] = Counter()
    for minute, cells in minutes.items():
        for code, requests in cells.items():
            if code in places:
                sums[minute // length, *places[code]] += requests
    return sums


@given(PLACES, MINUTES)
def test_every_request_is_in_one_row_of_a_minute_and_in_one_of_its_quarter(
    places: upsert.Places, minutes: Minutes
) -> None:
    for module, takes_text in ((rows_module(), False), (rows_module(), True), (None, False)):
        connection, left = added(places, minutes, module, takes_text=takes_text)
        for rows, length in ((connection.minutes, 1), (connection.quarters, 15)):
            assert {row[:3]: row[3] for row in rows} == expected(places, minutes, length)
            assert len(rows) == len(expected(places, minutes, length))
            assert [row[0] for row in rows] == sorted(row[0] for row in rows)
        exactly = {minute for minute, cells in minutes.items() if cells.keys() - places}
        assert left == exactly or (takes_text and left == minutes.keys())  # texts are made later


def test_rows_in_c_are_sorted_by_their_key() -> None:
    places = {0: (2, 500), 1: (1, 404), 2: (2, 200), 3: (1, 404)}
    minutes = {30: dict.fromkeys(places, 1), 29: {0: 7}}
    for takes_text in (False, True):
        connection, _ = added(places, minutes, rows_module(), takes_text=takes_text)
        assert connection.minutes == [
            (29, 2, 500, 7),
            (30, 1, 404, 2),
            (30, 2, 200, 1),
            (30, 2, 500, 1),
        ]
        assert connection.quarters == [
            (1, 2, 500, 7),
            (2, 1, 404, 2),
            (2, 2, 200, 1),
            (2, 2, 500, 1),
        ]


def test_the_rows_of_a_long_text_are_made_as_they_are_taken() -> None:
    minutes = {minute: {0: minute, 1: 1} for minute in range(1, 61)}
    connection: Any = mock.Mock(takes_text=True)
    with mock.patch.object(upsert, "BYTES_AT_ONCE", 100):
        left = upsert.add(connection, {0: (7, 200)}, minutes)
    assert left == [*minutes]
    (_, rows), (make,) = (each.args for each in connection.method_calls)
    assert (rows.first_time, rows.last_time) == (1, 60)
    pieces = rows.pieces()
    first = next(pieces).decode().split()
    assert first[::4] == [*map(str, range(1, 15))]  # up to the end of a quarter
    minutes[60] = {0: 9}
    assert b"".join(pieces).decode().split()[-4:] == ["60", "7", "200", "9"]
    ((_, quarters),) = make()
    assert quarters[-8:] == [3, 7, 200, sum(range(45, 60)), 4, 7, 200, 9]


LARGEST, SMALLEST = 2**63 - 1, -(2**63)


def test_numbers_of_any_size_are_rows_of_a_text() -> None:
    minutes = {SMALLEST: {0: LARGEST}, -16: {0: 10}, 0: {1: 100}, LARGEST: {1: 1}}
    numbers, routes, statuses = {0: 0, 1: 1}, [SMALLEST, LARGEST], [SMALLEST, 0]
    order = sorted(minutes)
    at, *found = rows_module().copy_rows(order, 0, 9999, minutes, numbers, routes, statuses, set())
    assert at == len(order)
    assert (
        found[0]
        == (
            f"{SMALLEST}\t{SMALLEST}\t{SMALLEST}\t{LARGEST}\n-16\t{SMALLEST}\t{SMALLEST}\t10\n"
            f"0\t{LARGEST}\t0\t100\n{LARGEST}\t{LARGEST}\t0\t1\n"
        ).encode()
    )
    assert found[1].splitlines()[1:3] == [
        f"-2\t{SMALLEST}\t{SMALLEST}\t10".encode(),
        f"0\t{LARGEST}\t0\t100".encode(),
    ]


@given(st.lists(st.integers(-9, 120)).map(sorted), st.integers(-12, 130))
def test_the_text_of_rows_is_parted_by_time(times: list[int], newest: int) -> None:
    rows = [(time, 7 * number, 200, 10**number) for number, time in enumerate(times)]
    text = RowText("".join("{}\t{}\t{}\t{}\n".format(*row) for row in rows).encode())
    old, later = text.parted(newest)
    assert list(old) == [value for row in rows if row[0] <= newest for value in row]
    assert list(later) == [value for row in rows if row[0] > newest for value in row]
    assert len(text) == 4 * len(rows)
    if rows:
        assert (text.first_time, text.last_time) == (times[0], times[-1])


@given(
    st.lists(st.integers(-9, 120), min_size=1).map(sorted), st.integers(1, 4), st.integers(-12, 130)
)
def test_a_text_that_is_made_piece_by_piece_is_parted_by_time(
    times: list[int], rows: int, newest: int
) -> None:
    lines = [f"{time}\t{number}\t200\t1\n".encode() for number, time in enumerate(times)]
    pieces = [b"".join(lines[at : at + rows]) for at in range(0, len(lines), rows)]
    text = RowTexts(
        iter(pieces),
        rows=len(times),
        first_time=times[0],
        last_time=times[-1],
    )
    old, later = text.parted(newest)
    known = sum(time <= newest for time in times)
    assert later  # so that nothing is left out
    assert (old.text, b"".join(later.pieces())) == (
        b"".join(lines[:known]), b"".join(lines[known:])
    )  # fmt: skip
    assert later.text == b"".join(lines[known:])
    assert text.text == b"".join(lines)  # also after it was parted


@pytest.mark.parametrize(
    ("minutes", "numbers", "statuses", "error"),
    [
        ({1: {0: 1}}, {0: 1}, [200], ValueError),  # a place that there is not
        ({1: {0: 1}}, {0: -1}, [200], ValueError),
        ({1: {0: 0}}, {0: 0}, [200], ValueError),  # no requests
        ({1: {0: 2**62, 1: 2**62}}, {0: 0, 1: 0}, [200], OverflowError),  # a sum that has no number
        ({1: {0: 2**63}}, {0: 0}, [200], OverflowError),
        ({1: {0: 1}}, {0: 0}, [], ValueError),  # a route without a status
        ({1: [1]}, {0: 0}, [200], TypeError),
        ({1: {0: "1"}}, {0: 0}, [200], TypeError),
        ({}, {0: 0}, [200], TypeError),  # a minute without counts
    ],
)
def test_wrong_values_are_refused(
    minutes: Any, numbers: dict[int, int], statuses: list[int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        rows_module().count_rows([1], 0, 100, minutes, numbers, [7], statuses, [], set())
    with pytest.raises(error):
        rows_module().copy_rows([1], 0, 100, minutes, numbers, [7], statuses, set())


@given(st.sets(st.integers(0, 14)), MINUTES)
def test_the_codes_of_waiting_paths_are_counted_by_minute(
    waits: set[int], minutes: Minutes
) -> None:
    paths = {code: (f"/{code}", 404) for code in waits}
    many = {minute: len(cells.keys() & waits) for minute, cells in minutes.items()}
    for module in (rows_module(), None):
        with mock.patch.object(waiting_paths, "compiled_module", return_value=module):
            found = waiting_paths.rows_by_minute(minutes, paths, within=set(minutes))
        assert found == {minute: rows for minute, rows in many.items() if rows}


RULES = st.text("/ab-é😀", max_size=12).map("/".__add__)
WAITING = st.dictionaries(
    st.integers(0, 12), st.tuples(RULES, st.sampled_from([301, 404, 500])), max_size=12
)


@given(WAITING, MINUTES, st.booleans())
def test_rows_of_waiting_paths_are_sorted_by_path_and_then_by_minute(
    paths: dict[int, tuple[str, int]], minutes: Minutes, timed: bool
) -> None:
    every = [
        (paths[code][0], at, paths[code][1], n)
        for at in sorted(minutes)
        for code, n in minutes[at].items()
        if code in paths
    ]
    hours = {(rule, minute // 60): f"{n} " for n, (rule, minute, _, _) in enumerate(every) if timed}
    left, expected = {("/unseen", 7): "9 ", **hours}, []
    for rule, minute, *rest in sorted(every, key=lambda row: row[0].encode()):
        expected.append(("shop", rule, minute, *rest, left.pop((rule, minute // 60), "")))
    for module in (rows_module(), None):
        with mock.patch.object(waiting_paths, "compiled_module", return_value=module):
            took = {("/unseen", 7): "9 ", **hours}
            flat = waiting_paths.rows_of("shop", paths, minutes, took)
        assert list(zip(*[iter(flat)] * 6, strict=True)) == expected
        assert took == left == {("/unseen", 7): "9 "}


@given(WAITING, MINUTES, st.integers(-5, 2**40))
def test_requests_of_waiting_paths_are_added_up_by_minute_and_status(
    paths: dict[int, tuple[str, int]], minutes: Minutes, unusual: int
) -> None:
    if paths:
        first = min(paths)
        paths[first] = paths[first][0], unusual
    expected: Counter[tuple[int, int]] = Counter()
    for minute, cells in minutes.items():
        for code in cells.keys() & paths.keys():
            expected[minute, paths[code][1]] += cells[code]
    for module in (rows_module(), None):
        with mock.patch.object(waiting_paths, "compiled_module", return_value=module):
            sums = waiting_paths.sums_of("shop", minutes, paths)
        assert sorted(sums) == [(at, "shop", code, n) for (at, code), n in sorted(expected.items())]


@pytest.mark.parametrize(
    ("minutes", "paths", "error"),
    [
        ({1: [2]}, {}, TypeError),
        ({1: {2: 3}}, {2: 404}, SystemError),
        ({1: {2: 3}}, {2: ("/a", "404")}, TypeError),
        ({1: {2: 3}}, {2: ("/a", 2**63)}, OverflowError),
        ({1: {2: 0}}, {2: ("/a", 404)}, ValueError),
        ({1: {2: "3"}}, {2: ("/a", 404)}, TypeError),
        ({1: {2: 2**62, 3: 2**62}}, {2: ("/a", 404), 3: ("/b", 404)}, OverflowError),
    ],
)
def test_wrong_sums_of_waiting_paths_are_refused(
    minutes: Any, paths: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        rows_module().waiting_sums(minutes, paths)


@pytest.mark.parametrize(
    ("minutes", "paths", "error"),
    [
        ({}, {}, ValueError),
        ({1: [2]}, {}, ValueError),
        ({1: {2: 3}}, {2: "no pair"}, TypeError),
        ({1: {2: 3}}, {2: (b"no text", 404)}, TypeError),
        ({1: {2: 3}}, {2: ("\ud800", 404)}, UnicodeEncodeError),
    ],
)
def test_what_is_no_count_of_a_waiting_path_is_refused(
    minutes: Any, paths: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        rows_module().waiting_rows("", [1], minutes, paths)
    if error is ValueError:
        with pytest.raises(error):
            rows_module().rows_by_minute(minutes, paths, [1])


HOURS = st.one_of(st.integers(-30, 30), st.integers(490_000, 490_050))
DURATIONS = st.dictionaries(
    HOURS,
    st.dictionaries(
        st.builds(lambda bucket, code: bucket * CODES + code,
                  st.integers(0, BUCKETS - 1), st.integers(0, 14)),
        st.integers(1, 2**26), max_size=8,
    ),
    max_size=20,
)  # fmt: skip
RECORDS = st.lists(st.tuples(HOURS, st.integers(0, 14), st.integers(0, BUCKETS - 1)), max_size=40)
GROUPS = st.dictionaries(st.integers(0, 12), st.integers(1, 3), max_size=12)


@given(GROUPS, DURATIONS, RECORDS, HOURS, HOURS, st.sampled_from([0, 20, 1_000]))
def test_every_duration_is_in_one_row_of_its_day_with_its_hour_there_or_in_one_of_its_hour(
    groups: dict[int, int],
    sums: dict[int, dict[int, int]],
    records: list[tuple[int, int, int]],
    first: int,
    last: int,
    most: int,
) -> None:
    cells = [(h, c % CODES, c // CODES, n) for h, row in sums.items() for c, n in row.items()]
    cells += [(hour, code, bucket, 1) for hour, code, bucket in records]
    texts = [RECORD.pack(*record) for record in records]
    expected: dict[tuple[int, int], Counter[tuple[int, int]]] = defaultdict(Counter)
    for hour, code, bucket, requests in cells:
        if code in groups and first <= hour <= last:
            expected[hour // 24, groups[code]][hour % 24, bucket] += requests
    hours, days = [], []
    for (day, group), requests_of in sorted(expected.items()):
        words = [word(bucket, n, hour) for (hour, bucket), n in sorted(requests_of.items())]
        if len("".join(words)) > most:
            of_day: Counter[int] = Counter()
            for hour in sorted({hour for hour, _ in requests_of}):
                of_hour = sorted((b, n) for (h, b), n in requests_of.items() if h == hour)
                of_day.update(dict(of_hour))
                text = "".join(word(bucket, n) for bucket, n in of_hour)
                hours.append((day * 24 + hour, group, text))
            words = [word(bucket, n) for bucket, n in sorted(of_day.items())]
        days.append((day, group, "".join(words)))
    for module in (rows_module(), None):
        copies = {hour: dict(row) for hour, row in sums.items()}
        durations = RecordedDurations(copies, [*texts[:3], b"".join(texts[3:])])
        with (
            mock.patch.object(duration_rows, "compiled_module", return_value=module),
            mock.patch.object(duration_rows, "LONGEST_WITH_HOURS", most),
        ):
            found = duration_rows.rows_of(durations, groups, first=first, last=last)
        for flat, rows in zip(found, (sorted(hours), days), strict=True):
            assert list(zip(flat[::3], flat[1::3], flat[2::3], strict=True)) == rows


def word(bucket: int, requests: int, hour: int | None = None) -> str:
    """A bucket with its requests, with the letter of its hour before it."""
    letter = "" if hour is None else "abcdefghijklmnopqrstuvwx"[hour]
    return f"{letter}{bucket} " if requests == 1 else f"{letter}{bucket}*{requests} "


def test_the_text_of_a_row_has_numbers_in_order_of_their_buckets() -> None:
    sums = {
        5: {184 * CODES + 1: 258, 7 * CODES + 1: 1, 7 * CODES + 2: 2, 9 * CODES + 1: 2**60, 1: 1}
    }
    for module in (rows_module(), None):
        with mock.patch.object(duration_rows, "compiled_module", return_value=module):
            found = duration_rows.rows_of(sums, {1: 3, 2: 3}, all_hours=True)
            days = duration_rows.rows_of({47: sums[5]}, {1: 3, 2: 3})
        text = "0 7*3 9*1152921504606846976 184*258 "
        assert found == ([5, 3, text], [0, 3, text])
        assert days == ([], [1, 3, "x0 x7*3 x9*1152921504606846976 x184*258 "])


def test_the_longest_text_of_a_day_with_its_hours_has_as_many_characters_as_allowed() -> None:
    hours = {hour: {99 * CODES: 10**9} for hour in range(24)}
    text = "".join(f"{chr(97 + hour)}99*1000000000 " for hour in range(24))
    for module in (rows_module(), None):
        with mock.patch.object(duration_rows, "compiled_module", return_value=module):
            for most in (len(text), len(text) - 1):
                with mock.patch.object(duration_rows, "LONGEST_WITH_HOURS", most):
                    flat, days = duration_rows.rows_of(hours, {0: 7})
                assert days == [0, 7, text if most == len(text) else "99*24000000000 "]
                assert len(flat) == (0 if most == len(text) else 3 * 24)


def test_texts_of_buckets_are_added_up_in_any_order() -> None:
    assert duration_rows.unpacked("45 52*7 0 45 52 45*3 ") == {45: 5, 52: 8, 0: 1}
    assert duration_rows.unpacked("a45 52*7 x0 b45 52 45*3 ") == {45: 5, 52: 8, 0: 1}
    assert duration_rows.unpacked_hours(2, "b45*2 52*7 x0 b45 52 45*3 ") == {
        49: {45: 3},
        71: {0: 1},
    }
    assert duration_rows.unpacked("") == {}


@pytest.mark.parametrize(
    "text",
    ["45*", "*7 ", "x ", "y4 ", "A4 ", "ab4 ", "185 ", "-1 ", "4*0 ", "4*-1 ", "4*7*7 ", "٤ "],
)
def test_other_texts_are_damaged(text: str) -> None:
    with pytest.raises(DamagedValue):
        duration_rows.unpacked(text)
    with pytest.raises(DamagedValue):
        duration_rows.unpacked_hours(0, text)


@pytest.mark.parametrize(
    ("sums", "records", "groups", "error"),
    [
        ({1: {-1: 1}}, [], {0: 7}, ValueError),  # no bucket
        ({1: {256 * CODES: 1}}, [], {0: 7}, ValueError),
        ({1: {0: 0}}, [], {0: 7}, ValueError),  # no requests
        ({1: [1]}, [], {0: 7}, TypeError),
        ({1: {0: "1"}}, [], {0: 7}, TypeError),
        ({}, [b"half"], {0: 7}, ValueError),  # no whole record
        ({}, [RECORD.pack(1, 0, 256)], {0: 7}, ValueError),
        ({}, ["text"], {0: 7}, TypeError),
        ({}, [], {-1: 7}, OverflowError),
        ({}, [], {2**40: 7}, ValueError),  # more codes than memory
        ({}, [], {2**64 - 1: 7}, ValueError),
        ({}, [], {0: "a", 1: 7}, TypeError),
        ({}, [], {0: "7"}, TypeError),
        ({1: {0: 2**62, 1: 2**62}}, [], {0: 7, 1: 7}, OverflowError),  # a sum that has no number
        ({1: {0: 2**63}}, [], {0: 7}, OverflowError),
    ],
)
def test_wrong_durations_are_refused(
    sums: Any, records: Any, groups: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        rows_module().duration_rows(sums, records, groups, -9, 9, 9)


@pytest.mark.parametrize("most", [-1, 4_001])
def test_a_text_of_a_day_cannot_be_longer_than_its_room(most: int) -> None:
    with pytest.raises(ValueError, match="no room"):
        rows_module().duration_rows({}, [], {}, -9, 9, most)
