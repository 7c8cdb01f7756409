"""The loops that look parts of lines up count what the reference parser reads, on lines of every format.

By hand: `LOGS=3000 pytest tests/formats/test_formats_records.py`, 200 times as many lines.
"""

from __future__ import annotations

import json
import os
import random

import pytest

from flask_status_cli.formats import FORMAT_NAMES, LineCounter, known_formats
from flask_status_cli.formats.counting import line_counter
from flask_status_cli.formats.families.known_names import plain
from flask_status_cli.formats.families.named_parts import KNOWN
from flask_status_cli.formats.line_parser import read_line
from flask_status_cli.formats.prefixes.json_envelope import LOGGER_KEYS, opened_carried_line
from flask_status_cli.formats.records.carried_lines import CarriedLines
from flask_status_cli.formats.records.stamps import with_minute, without_seconds
from flask_status_cli.formats.timestamp_spellings import minute_of
from tests.formats.changed_lines import changed, in_an_object, in_docker
from tests.formats.count_any_lines import ZONE, by_the_counter, one_by_one
from tests.formats.test_formats_changed import DESCRIBED, IIS, MAPPED, origin_of
from tests.formats.test_formats_fuzzed import lines_of, mutated

LOGS = int(os.environ.get("LOGS", "12"))


@pytest.mark.parametrize("name", sorted({*FORMAT_NAMES, *DESCRIBED} - {"json", IIS, MAPPED}))
def test_like_lines_are_looked_up_bare_and_in_docker(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow: list[bytes] = []

    def slowly(line: bytes, *arguments: object, **options: object) -> object:
        slow.append(line)
        return read_line(line, *arguments, **options)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(line_counter, "read_line", slowly)
    line = origin_of(name)[0]
    wrapped = json.dumps(
        {"log": line.decode() + "\n", "stream": "stderr", "time": "2026-11-23T10:05:42.1Z"}
    )
    docker = wrapped.replace('": ', '":').replace(', "', ',"').encode()
    for each in (line, docker):
        slow.clear()
        found = by_the_counter([[each] * 3] * 2, (name, *FORMAT_NAMES))
        assert sum(found.values()) >= 6
        assert slow[1:] == []  # the first one may tell an offset, or the names


def test_a_stamp_without_its_seconds_means_the_same_minute() -> None:
    rng = random.Random(5)
    stamps = [b"2026-11-23T10:05:42.123Z", b"23/Nov/2026:10:05:42 +0530", b"Mon Nov 23 10:05:42 2026",
              b"261123 10:05:42.7", b"2026/11/23 10:05:42,123", b"1795428342.310", b"[2026-11-23 10:05:42]",
              b"20261123T10:05:42.5", b"Mon, 23 Nov 2026 10:05:42 GMT", b"2026-11-01 01:35:42"]  # fmt: skip
    for number in range(LOGS * 200):
        stamp = rng.choice(stamps)
        stamp = mutated(stamp, rng, stamps) if number > len(stamps) * 4 else stamp
        for newest in (None, 1 << 40):
            text = with_minute(without_seconds(stamp))
            expected = minute_of(stamp, zone=ZONE, newest=newest)
            assert minute_of(text, zone=ZONE, newest=newest) == expected, stamp


def test_a_key_that_is_not_utf_8_is_no_error() -> None:
    line = b'{"__REALTIME_TIMESTAMP":"1795428342123456","MESSAGE":"x","_SYSTE\xe4UNIT":"a"}'
    for _ in range(2):
        CarriedLines().line(line)
    assert by_the_counter([[line], [line]], FORMAT_NAMES) == one_by_one([line, line], FORMAT_NAMES)


def test_no_key_of_a_logger_is_the_name_of_a_status() -> None:
    assert not {plain(key) for key in LOGGER_KEYS} & {*KNOWN.status}


def test_a_line_is_taken_out_of_objects_as_the_reference_parser_opens_them() -> None:
    rng = random.Random(6)
    unwrapped = CarriedLines()
    others = [one.example.encode() for one in known_formats()]
    taken = 0
    for number in range(LOGS * 200):
        around = in_docker if number % 2 else in_an_object
        line = changed(rng.choice(others), rng, others)
        line = around(line, rng)
        line = mutated(line, rng, [line]) if rng.random() < 0.5 else line
        found = unwrapped.line(line)
        if found is not None:
            envelope = opened_carried_line(line)
            assert envelope is not None
            assert not envelope.by_app
            assert found == (envelope.text, envelope.time), line
            taken += 1
    assert taken > LOGS * 50


@pytest.mark.parametrize(
    "name", ["combined", "common", "vhost_combined", "werkzeug", "gevent", "ltsv"]
)
def test_lines_in_docker_objects_have_the_format_of_the_lines_in_them(name: str) -> None:
    text = json.dumps(lines_of(name)[0].decode() + "\n")
    line = f'{{"log":{text},"stream":"stdout","time":"2026-11-23T10:05:42.1Z"}}'.encode()
    one = LineCounter(
        lambda _method, _target, status: status, order=(name, *FORMAT_NAMES), zone=ZONE
    )
    one.feed(line + b"\n")
    one.take()
    one.begin_log(None, {})  # what was learned of one log is used for the next
    one.feed(line + b"\n")
    assert one.proven_format([line, line]) == name
