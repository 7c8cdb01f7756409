"""The rotated files beside a log are found by their names, whatever stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_status_cli.sources import Listings

BESIDE = {
    "app.log.1", "app.log.2.gz", "app.log-20261122", "app-20261122.log.gz", "app.2026-11-22.log",
    "app_2026-11-22.log", "app__2026-11-22_00-00-00.log", "app.7.log", "app-old.log",
}  # fmt: skip
OTHERS = {
    "app.error.log", "app_1x.log", "app0.log", "app0.log.1", "app", "app,1.log", "app+1.log", "app`.log",
    "appa.log.1", "app^1.log", "app 1.log", "App.log.1", "ap.log.1", "aapp.log.1", "app:1.log",
}  # fmt: skip


def test_the_rotated_files_of_a_log_are_told_from_other_files(tmp_path: Path) -> None:
    for name in ("app.log", *BESIDE, *OTHERS):
        (tmp_path / name).touch()
    found = Listings().siblings(str(tmp_path / "app.log"))
    assert {Path(sibling.path).name for sibling in found} == BESIDE


def test_a_log_alone_in_its_directory_has_no_rotated_files(tmp_path: Path) -> None:
    (tmp_path / "app.log").touch()
    assert Listings().siblings(str(tmp_path / "app.log")) == []


@pytest.mark.parametrize("beside", sorted(BESIDE | OTHERS))
def test_one_other_file_is_found_if_its_name_is_that_of_a_rotated_one(
    tmp_path: Path, beside: str
) -> None:
    for name in ("app.log", "aaa.log", "zzz.log", beside):
        (tmp_path / name).touch()
    found = Listings().siblings(str(tmp_path / "app.log"))
    assert [Path(sibling.path).name for sibling in found] == [beside] * (beside in BESIDE)


@pytest.mark.parametrize("name", ["app", "app.log", "a.b.log", ".log", "app-", "app.log."])
def test_any_name_of_a_log_may_have_a_rotated_file_beside_it(tmp_path: Path, name: str) -> None:
    for each in (name, f"{name}.1", "zzz"):
        (tmp_path / each).touch()
    found = Listings().siblings(str(tmp_path / name))
    assert [Path(sibling.path).name for sibling in found] == [f"{name}.1"]


def test_a_file_that_is_removed_after_its_directory_was_listed_is_no_rotated_file(
    tmp_path: Path,
) -> None:
    for name in ("app.log", "shop.log", "shop.log.1", "shop.log.2"):
        (tmp_path / name).touch()
    listings = Listings()
    listings.look_at(str(tmp_path / "app.log"))
    (tmp_path / "shop.log").unlink()
    (tmp_path / "shop.log.1").unlink()
    stat, beside = listings.look_at(str(tmp_path / "shop.log"))
    assert stat is None
    assert [Path(each.path).name for each in beside] == ["shop.log.2"]
