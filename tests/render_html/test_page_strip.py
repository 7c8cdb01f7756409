"""The strip of a route draws each day once, where it belongs, and says in words what it draws."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import Counts
from flask_status_cli.render.html import render
from flask_status_cli.render.html.history_strip import Strip, box, days
from flask_status_cli.render.text.words import ENGLISH

if TYPE_CHECKING:
    from tests.render_html.conftest import Kit

# How high the line of a condition runs, and how thick the style sheet draws it: every shape stands on
# the same ground, 8 below the middle, and each has a height of its own.
CENTERS = {"o": 0, "p": 4, "m": -2, "n": 7}
THICKNESS = {"o": 16, "p": 8, "m": 20, "n": 2}
WORDS = {"m": "Major Outage", "p": "Partial Outage", "o": "Fully Operational", "n": "No Data"}
GROUND = 8


def drawn(made: Strip) -> dict[int, str]:
    """The class that each day is drawn in; a day drawn twice or off its line is an error."""
    found: dict[int, str] = {}
    for css, path in made.paths:
        assert re.fullmatch(r"(M\d+ -?\d+h\d+)+", path)
        for start, center, length in re.findall(r"M(\d+) (-?\d+)h(\d+)", path):
            assert int(center) == CENTERS[css]
            for day in range(int(start), int(start) + int(length)):
                assert day not in found
                found[day] = css
    return found


@given(letters=st.text("opmn", min_size=1, max_size=400))
def test_every_day_is_drawn_once_in_its_place(letters: str, kit: Kit) -> None:
    made = days(kit.days(letters), ENGLISH)
    assert [css for _, css in sorted(drawn(made).items())] == list(letters)
    assert len({css for css, _ in made.paths}) == len(made.paths)


@given(letters=st.text("opmn", min_size=1, max_size=400))
def test_a_stroke_is_a_whole_run_because_dashes_begin_anew_with_it(letters: str, kit: Kit) -> None:
    runs = re.findall(r"o+|p+|m+|n+", letters)
    strokes = "".join(path for _, path in days(kit.days(letters), ENGLISH).paths)
    assert sorted(int(n) for n in re.findall(r"h(\d+)", strokes)) == sorted(map(len, runs))


@given(letters=st.text("opmn", min_size=1, max_size=400))
def test_the_label_counts_the_days_worst_first(letters: str, kit: Kit) -> None:
    label = days(kit.days(letters), ENGLISH).label.split(". ")[0]
    counted = Counter(letters)
    assert label == ", ".join(
        f"{counted[css]} day{'' if counted[css] == 1 else 's'} {word}"
        for css, word in WORDS.items()
        if css in counted
    )


@pytest.mark.parametrize(
    ("letters", "label"),
    [
        ("oo", "2 days Fully Operational"),
        ("n", "1 day No Data"),
        (
            "mon",
            "1 day Major Outage, 1 day Fully Operational, 1 day No Data. Worst: 2026-11-21 3.00%",
        ),
        # of equally bad days the latest
        (
            "pppp",
            "4 days Partial Outage. Worst: 2026-11-23 75.00%, 2026-11-22 75.00%, 2026-11-21 75.00%",
        ),
        (
            "pmpo",
            (
                "1 day Major Outage, 2 days Partial Outage, 1 day Fully Operational. "
                "Worst: 2026-11-21 3.00%, 2026-11-22 75.00%, 2026-11-20 75.00%"
            ),
        ),
    ],
)
def test_the_label_names_the_three_worst_days(letters: str, label: str, kit: Kit) -> None:
    assert days(kit.days(letters), ENGLISH).label == label


def test_a_failure_on_an_operational_day_is_named_too(kit: Kit) -> None:
    day = kit.days("o")[0]
    small = type(day)(day.date, day.condition, None, Counts(999, 1, 0), "99.90%")
    assert days([small], ENGLISH).label == "1 day Fully Operational. Worst: 2026-11-23 99.90%"


@pytest.mark.parametrize(
    ("number", "view_box"),
    [(1, "-29 -12 30 20"), (7, "-23 -12 30 20"), (30, "0 -12 30 20"), (90, "0 -12 90 20")],
)
def test_today_is_at_the_right_edge_and_no_day_wider_than_a_thirtieth(
    number: int, view_box: str
) -> None:
    assert box(number) == view_box
    left, _, width, _ = map(int, view_box.split())
    assert left + width == number


def test_shapes_stand_on_one_ground_inside_the_box_and_differ_in_height(kit: Kit) -> None:
    style = kit.read(render(kit.mixed()))[0].one("style").text
    thickness = {
        css: int(n) for css, n in re.findall(r"path\.([opmn])\{stroke-width:(\d+)\}", style)
    }
    assert thickness == THICKNESS
    assert {CENTERS[css] + thick // 2 for css, thick in thickness.items()} == {GROUND}
    assert min(CENTERS[css] - thick // 2 for css, thick in thickness.items()) == -12
    assert len(set(thickness.values())) == 4


@pytest.mark.parametrize(
    ("number", "density"),
    [(1, "days"), (30, "days"), (45, "days"), (46, "days close"), (135, "days close"), (136, None)],
)
def test_days_too_many_to_be_cut_apart_are_a_band(
    number: int, density: str | None, kit: Kit
) -> None:
    page, _ = kit.read(render(kit.summary([kit.route("/", "o" * number)])))
    assert page.one("table").attributes.get("class") == density
