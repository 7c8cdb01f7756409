"""Durations as they are logged, in whole microseconds."""

from __future__ import annotations

import pytest

from flask_status_cli.formats.durations import (
    EITHER,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
    microseconds,
)


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("0.012", SECONDS, 12_000),
        ("12", MILLISECONDS, 12_000),
        ("0.7", MILLISECONDS, 700),
        ("12", MICROSECONDS, 12),
        ("1234567", NANOSECONDS, 1_234),
        ("0.0000012", SECONDS, 1),
        ("2.4e-05", SECONDS, 24),
        ("1e3", SECONDS, 1_000_000_000),
        ("0.5", EITHER, 500_000),
        ("12", EITHER, 12_000),
        ("12ms", SECONDS, 12_000),
        ("12 msecs", SECONDS, 12_000),
        ("68 micros", SECONDS, 68),
        ("123.456µs", MILLISECONDS, 123),
        ("1m2.5s", SECONDS, 62_500_000),
        ("1h0m0.25s", SECONDS, 3_600_250_000),
        ("-1", SECONDS, None),
        ("-", SECONDS, None),
        ("", SECONDS, None),
        ("NaN", SECONDS, None),
        ("12 apples", SECONDS, None),
        ("9" * 18, SECONDS, None),
        ("1e99", SECONDS, None),
        ("1" * 5000, SECONDS, None),
    ],
)
def test_a_duration_is_read_in_its_unit(text: str, unit: str, found: int | None) -> None:
    assert microseconds(text, unit) == found
