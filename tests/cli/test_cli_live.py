"""The live line of a following."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flask_status_cli.cli.screen.follow_line import _sentence
from flask_status_cli.model import FollowStatus

STORED = datetime(2026, 11, 23, 10, 4, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("files", "entries", "rate"), [(1, 30, 0.4), (99, 987_654_321, 98_765.4), (256, 10**12, 9_999)]
)
def test_below_100_columns_nothing_is_cut_at_80(files: int, entries: int, rate: float) -> None:
    statuses = {404: entries // 3, 503: entries // 3, 200: entries // 3}
    status = FollowStatus(files, entries, entries, statuses, STORED)
    sentence = _sentence(status, rate, width=80)
    assert len(sentence) <= 80
    assert "stored " in sentence
    assert len(_sentence(status, rate, width=100)) > len(sentence)
