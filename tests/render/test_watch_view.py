"""What `report --watch` shows while the database cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.cli.screen import watch_report
from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import StatusSummary
from flask_status_cli.render.text.words import ENGLISH

if TYPE_CHECKING:
    from tests.render.conftest import Example

GONE = DatabaseError(
    "shop.db", "the database does not exist", "name another one, or read a log first"
)
AS_OF = "✓ As of 23 Nov 2026 11:05: 1 route operational"


def test_old_figures_stand_below_the_reason_and_name_their_instant(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = example.summary(example.route("/", "o" * 30))
    answers: Iterator[StatusSummary | DatabaseError] = iter([summary, GONE, summary])

    def summarize() -> StatusSummary:
        answer = next(answers)
        if isinstance(answer, DatabaseError):
            raise answer
        return answer

    view = watch_report.ScreenView(summarize, tmp_path / "shop.db", words=ENGLISH, fitted=True)
    well = view.lines(60, 20)
    assert well[0] == "✓ 1 route operational"
    for minute in range(2):
        monkeypatch.setattr(view, "_now", lambda minute=minute: minute)
        view.read_if_due()
        lines = view.lines(60, 20)
        if minute == 0:
            first = lines.index(AS_OF)
            assert " ".join(line.strip() for line in lines[:first]) == str(GONE)
        assert len(lines) == 20
    assert lines == well
