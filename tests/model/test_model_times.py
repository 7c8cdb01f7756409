"""Epoch minutes, and what a zone is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import instant_of, minute_of, zone_name

JANUARY, JULY = (datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 7))


def bare(name: str, key: str | None) -> ZoneInfo:
    """The rules of a zone without its name, as in a copied `/etc/localtime`."""
    with (files("tzdata") / "zoneinfo" / name).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=key)


@pytest.mark.parametrize(
    ("zone", "at", "name"),
    [
        (ZoneInfo("Asia/Kolkata"), JULY, "Asia/Kolkata"),
        (ZoneInfo("Etc/GMT+3"), None, "Etc/GMT+3"),
        (UTC, JULY, "UTC"),
        (timezone(timedelta(hours=-3.5)), JULY, "UTC-03:30"),
        # a file of rules: the offset is that of the instant, summer time included
        (bare("Asia/Kolkata", None), JULY, "local (UTC+05:30)"),
        (bare("Asia/Kolkata", "local"), JULY, "local (UTC+05:30)"),
        (bare("Europe/Berlin", "local"), JANUARY, "local (UTC+01:00)"),
        (bare("Europe/Berlin", "local"), JULY, "local (UTC+02:00)"),
        (bare("Etc/UTC", "local"), JULY, "local (UTC+00:00)"),
        (bare("Europe/Berlin", "local"), None, "local"),
        # if the zone is a file, tzlocal gives the name of the file as that of the zone
        (bare("Europe/Berlin", "<b>|`x`"), JULY, "local (UTC+02:00)"),
    ],
)
def test_a_zone_has_a_name_for_people(zone: tzinfo, at: datetime | None, name: str) -> None:
    assert zone_name(zone, at=at) == name


@given(st.integers(0, 2**31))
def test_the_beginning_of_a_minute_is_in_this_minute(minute: int) -> None:
    begin = instant_of(minute)
    assert minute_of(begin) == minute_of(begin + timedelta(seconds=59.999)) == minute
    assert begin.timestamp() == 60 * minute
