"""What happens to logs between two runs, case by case: counts equal those of one read of every line."""

from __future__ import annotations

import gzip
import os
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Line = Callable[..., bytes]
Pack = Callable[[bytes], bytes]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@cache
def _lines(line: Line, first: int, last: int) -> bytes:
    return b"".join(
        line(n, at=START + timedelta(seconds=7 * n), status=200 + n % 2 * 304)
        for n in range(first, last)
    )


@cache
def _cells(first: int, last: int) -> Counter[tuple[str, str]]:
    return Counter(
        ((START + timedelta(seconds=7 * n)).strftime("%Y-%m-%dT%H:%MZ"), str(200 + n % 2 * 304))
        for n in range(first, last)
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    directory = tmp_path / "logs"
    directory.mkdir()
    return directory / "access.log"


def test_the_same_log_twice(ledger: Any, log: Path, line: Line) -> None:
    log.write_bytes(_lines(line, 0, 50))
    ledger.ingest(log)
    assert "nothing new" in ledger.ingest(log)
    assert ledger.cells() == _cells(0, 50)


def test_a_log_grown_within_the_same_second(ledger: Any, log: Path, line: Line) -> None:
    for end in (10, 11, 12, 30):
        log.write_bytes(_lines(line, 0, end))
        os.utime(log, ns=(10**18, 10**18))
        ledger.ingest(log, "-q")
    assert ledger.cells() == _cells(0, 30)


def test_a_half_written_line_waits(ledger: Any, log: Path, line: Line) -> None:
    whole = _lines(line, 0, 6)
    log.write_bytes(whole[:-20])
    assert "has no end yet" in ledger.ingest(log)
    assert ledger.cells() == _cells(0, 5)
    log.write_bytes(whole)
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 6)


@pytest.mark.parametrize("suffix", [".1", "-20261123", ".old"])
@pytest.mark.parametrize("new", [(80, 95), (80, 80)], ids=["with new lines", "still empty"])
def test_lines_written_before_the_rename_are_found_with_the_plain_path_alone(
    ledger: Any, log: Path, line: Line, suffix: str, new: tuple[int, int]
) -> None:
    log.write_bytes(_lines(line, 0, 50))
    ledger.ingest(log)
    with log.open("ab") as file:
        file.write(_lines(line, 50, 80))
    log.rename(log.with_name(log.name + suffix))
    log.write_bytes(_lines(line, *new))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, new[1])
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, new[1])


def test_a_date_before_the_extension_is_a_rotated_file_too(
    ledger: Any, log: Path, line: Line
) -> None:
    log.write_bytes(_lines(line, 0, 20))
    ledger.ingest(log)
    with log.open("ab") as file:
        file.write(_lines(line, 20, 30))
    log.rename(log.with_name("access-20261123.log"))
    log.write_bytes(_lines(line, 30, 40))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 40)


def test_several_rotations_between_two_runs_lose_nothing(
    ledger: Any, log: Path, line: Line
) -> None:
    log.write_bytes(_lines(line, 0, 50))
    ledger.ingest(log)
    beside = log.parent
    (beside / "access.log.3.gz").write_bytes(gzip.compress(_lines(line, 0, 60)))
    (beside / "access.log.2.gz").write_bytes(gzip.compress(_lines(line, 60, 70)))
    (beside / "access.log.1").write_bytes(_lines(line, 70, 80))
    log.write_bytes(_lines(line, 80, 90))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 90)


def test_older_rotated_files_that_were_never_read_are_ignored(
    ledger: Any, log: Path, line: Line
) -> None:
    beside = log.parent
    log.write_bytes(_lines(line, 100, 150))
    ledger.ingest(log)
    (beside / "access.log.1").write_bytes(_lines(line, 100, 160))
    log.write_bytes(_lines(line, 160, 170))
    (beside / "access.log.2.gz").write_bytes(gzip.compress(_lines(line, 50, 100)))
    (beside / "access.log.3").write_bytes(_lines(line, 0, 50))
    (beside / "access.log.swp").write_bytes(b"no log at all\n")
    ledger.ingest(log)
    assert ledger.cells() == _cells(100, 170)


def test_other_logs_with_similar_names_are_not_rotated_files(
    ledger: Any, log: Path, line: Line
) -> None:
    log.write_bytes(_lines(line, 0, 10))
    ledger.ingest(log)
    log.rename(log.with_name("access.log.1"))
    log.write_bytes(_lines(line, 10, 20))
    log.with_name("access-api.log").write_bytes(_lines(line, 500, 600))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 20)


def test_late_lines_in_the_renamed_file_are_read_after_the_new_one_was(
    ledger: Any, log: Path, line: Line
) -> None:
    """Old workers of Apache go on writing to the renamed file for as long as their requests last."""
    old = log.with_name("access.log.1")
    log.write_bytes(_lines(line, 0, 10))
    ledger.ingest(log)
    log.rename(old)
    log.write_bytes(_lines(line, 20, 30))
    ledger.ingest(log)
    with old.open("ab") as file:
        file.write(_lines(line, 10, 20))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 30)


@pytest.mark.parametrize("grown", [0, 3, 60], ids=["shorter", "still shorter", "longer"])
def test_copytruncate(ledger: Any, log: Path, line: Line, grown: int) -> None:
    log.write_bytes(_lines(line, 0, 40))
    ledger.ingest(log)
    with log.open("ab") as file:
        file.write(_lines(line, 40, 50))
    shutil.copyfile(log, log.with_name("access.log.1"))
    os.truncate(log, 0)
    with log.open("ab") as file:
        file.write(_lines(line, 50, 50 + grown))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 50 + grown)


def test_a_copytruncate_copy_shorter_than_the_offset_has_nothing_new(
    ledger: Any, log: Path, line: Line
) -> None:
    log.write_bytes(_lines(line, 0, 40))
    shutil.copyfile(log, log.with_name("access.log.1"))
    log.write_bytes(_lines(line, 0, 45))
    ledger.ingest(log)
    log.write_bytes(_lines(line, 45, 50))
    ledger.ingest(log)
    ledger.ingest(log, log.with_name("access.log.1"))
    assert ledger.cells() == _cells(0, 50)


def test_a_hole_after_copytruncate_under_a_writer_without_append(
    ledger: Any, log: Path, line: Line
) -> None:
    log.write_bytes(_lines(line, 0, 40))
    ledger.ingest(log)
    shutil.copyfile(log, log.with_name("access.log.1"))
    size = log.stat().st_size
    log.write_bytes(b"")
    with log.open("r+b") as file:
        file.seek(size)
        file.write(_lines(line, 40, 50))
    told = ledger.ingest(log)
    assert "1 noise" in told
    assert ledger.cells() == _cells(0, 50)


def test_a_lost_log_behind_an_empty_one_is_reported_once(
    ledger: Any, log: Path, line: Line
) -> None:
    log.write_bytes(_lines(line, 0, 40))
    ledger.ingest(log)
    log.write_bytes(_lines(line, 60, 70))
    assert "the rest of the log last read here was not found" in ledger.ingest(log, status=1)
    assert ledger.cells() == _cells(0, 40) + _cells(60, 70)
    ledger.ingest(log)


def test_no_siblings_reads_no_rotated_files(ledger: Any, log: Path, line: Line) -> None:
    log.write_bytes(_lines(line, 0, 40))
    ledger.ingest(log)
    log.rename(log.with_name("access.log.1"))
    with log.with_name("access.log.1").open("ab") as file:
        file.write(_lines(line, 40, 50))
    log.write_bytes(_lines(line, 50, 60))
    ledger.ingest("--no-siblings", log)
    assert ledger.cells() == _cells(0, 40) + _cells(50, 60)


@pytest.mark.parametrize("name", ["copy.log", "access.log.1"])
def test_the_same_content_under_another_name_has_nothing_new(
    ledger: Any, log: Path, line: Line, name: str
) -> None:
    whole = _lines(line, 0, 40)
    log.write_bytes(whole)
    ledger.ingest(log)
    log.with_name(name).write_bytes(whole)
    ledger.ingest(log.with_name(name))
    assert ledger.cells() == _cells(0, 40)


@pytest.mark.parametrize("lines", [40, 20_000])
def test_the_same_content_compressed_has_nothing_new_in_both_orders(
    ledger: Any, log: Path, line: Line, pack: Pack, lines: int
) -> None:
    whole, archive = _lines(line, 0, lines), log.with_name("elsewhere")
    log.write_bytes(whole)
    archive.write_bytes(pack(whole))
    ledger.ingest(log)
    ledger.ingest(archive)
    ledger.begin()
    ledger.ingest(archive)
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, lines)


@pytest.mark.parametrize("suffix", [".1.gz", "-20261123.bz2", ".1.xz", ".2.zst"])
def test_lines_written_before_a_compressing_rotation_are_found(
    ledger: Any, log: Path, line: Line, suffix: str, packers: dict[str, Pack]
) -> None:
    kind = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}[Path(suffix).suffix]
    log.write_bytes(_lines(line, 0, 50))
    ledger.ingest(log)
    log.with_name(log.name + suffix).write_bytes(packers[kind](_lines(line, 0, 80)))
    log.write_bytes(_lines(line, 80, 90))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 90)


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_symbolic_link_is_the_log_to_which_it_points(
    ledger: Any, log: Path, line: Line, link: Callable[..., None]
) -> None:
    log.write_bytes(_lines(line, 0, 40))
    link(log, log.with_name("current"))
    ledger.ingest(log, log.with_name("current"))
    assert ledger.cells() == _cells(0, 40)


def test_both_names_of_a_rotated_log_in_any_order(ledger: Any, log: Path, line: Line) -> None:
    log.with_name("access.log.1").write_bytes(_lines(line, 0, 40))
    log.write_bytes(_lines(line, 40, 50))
    ledger.ingest(log, log.with_name("access.log.1"))
    ledger.ingest(log.with_name("access.log.1"), log)
    assert ledger.cells() == _cells(0, 50)


def test_pipes_of_a_log_of_its_beginning_and_of_its_archive(
    ledger: Any, log: Path, line: Line, pack: Pack
) -> None:
    whole = _lines(line, 0, 400)
    log.write_bytes(whole)
    ledger.ingest(log)
    ledger.pipe(whole)
    ledger.pipe(b"\n".join(whole.split(b"\n")[:100]) + b"\n")
    ledger.pipe(pack(whole))
    assert ledger.cells() == _cells(0, 400)
    ledger.pipe(_lines(line, 0, 420))
    log.write_bytes(_lines(line, 0, 430))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 430)


LONG = 30_000
"""Lines of which half an archive holds some: bzip2 gives nothing of a block of 900 kB before it is whole."""


@cache
def _packed(pack: Pack, line: Line) -> bytes:
    return pack(_lines(line, 0, LONG))


def test_an_archive_still_being_written_then_whole(
    ledger: Any, log: Path, line: Line, pack: Pack
) -> None:
    packed = _packed(pack, line)
    archive = log.with_name("access.log.1.packed")
    archive.write_bytes(packed[: len(packed) // 2])
    ledger.ingest(archive)
    some = sum(ledger.cells().values())
    assert 0 < some < LONG
    archive.write_bytes(packed)
    ledger.ingest(archive)
    assert ledger.cells() == _cells(0, LONG)


def test_an_old_incomplete_archive_is_reported_and_its_whole_lines_are_counted(
    ledger: Any, log: Path, line: Line, pack: Pack
) -> None:
    packed = _packed(pack, line)
    archive = log.with_name("access.log.1.packed")
    archive.write_bytes(packed[: len(packed) // 2])
    os.utime(archive, (1, 1))
    assert "the archive is incomplete" in ledger.ingest(archive, status=1)
    assert sum(ledger.cells().values()) > 1000


def test_an_incomplete_archive_in_a_pipe_is_reported_at_once(
    ledger: Any, line: Line, pack: Pack
) -> None:
    packed = _packed(pack, line)
    told = ledger.pipe(packed[: len(packed) // 2], status=1)
    assert (
        "-: the archive is incomplete; its complete lines were counted; ingest it again, complete"
        in told
    )
    assert 0 < sum(ledger.cells().values()) < LONG
    ledger.pipe(packed)
    assert ledger.cells() == _cells(0, LONG)


def test_the_last_line_of_a_pipe_counts_without_a_line_end_and_only_once(
    ledger: Any, log: Path, line: Line
) -> None:
    whole = _lines(line, 0, 5)
    for data in (whole[:-3], whole[:-3], whole, whole + _lines(line, 5, 6)):
        ledger.pipe(data)
    assert ledger.cells() == _cells(0, 6)


def test_damage_is_reported_even_if_no_line_was_understood(
    ledger: Any, log: Path, pack: Pack
) -> None:
    archive = log.with_name("broken")
    archive.write_bytes(pack(b"what is this?\n" * 99) + b"garbage")
    told = ledger.ingest(archive, status=1)
    assert "the archive is damaged" in told
    assert "no known format" not in told


def test_a_damaged_archive_is_named_and_the_other_logs_are_read(
    ledger: Any, log: Path, line: Line, pack: Pack
) -> None:
    packed = bytearray(pack(_lines(line, 0, 4000)))
    packed[len(packed) // 2] ^= 255
    archive = log.with_name("broken")
    archive.write_bytes(packed)
    log.write_bytes(_lines(line, 5000, 5010))
    assert "damaged" in ledger.ingest(archive, log, status=1)
    assert not _cells(5000, 5010) - ledger.cells()


def test_an_archive_cut_mid_line_then_the_plain_log(
    ledger: Any, log: Path, line: Line, pack: Pack
) -> None:
    whole = _lines(line, 0, 40)
    archive = log.with_name("cut")
    archive.write_bytes(pack(whole[:-12]))
    ledger.ingest(archive)
    assert ledger.cells() == _cells(0, 40), "all that matters of the last line is there"
    log.write_bytes(whole + _lines(line, 40, 44))
    ledger.ingest(log)
    assert ledger.cells() == _cells(0, 44)


def test_snapshot_original_snapshot(ledger: Any, log: Path, line: Line) -> None:
    snapshot = log.with_name("snapshot")
    snapshot.write_bytes(_lines(line, 0, 30))
    log.write_bytes(_lines(line, 0, 70))
    for path in (snapshot, log, snapshot, log):
        ledger.ingest(path)
    assert ledger.cells() == _cells(0, 70)


def test_a_restored_backup_is_read_from_where_it_differs(
    ledger: Any, log: Path, line: Line
) -> None:
    log.write_bytes(_lines(line, 0, 40_000))
    ledger.ingest(log)
    backup = _lines(line, 0, 30_000)
    log.write_bytes(backup + _lines(line, 50_000, 52_000))
    assert "edited or restored" in ledger.ingest(log)
    extra = ledger.cells() - _cells(0, 40_000) - _cells(50_000, 52_000)
    assert sum(extra.values()) < 65536 // 80, "less than one mark's distance is counted again"
    assert not _cells(0, 40_000) + _cells(50_000, 52_000) - ledger.cells()


def test_crlf_bom_nul_and_bytes_that_are_no_text(ledger: Any, log: Path, line: Line) -> None:
    first = _lines(line, 0, 3)
    log.write_bytes(
        b"\xef\xbb\xbf" + first.replace(b"\n", b"\r\n")
        + b"\0\0\0" + _lines(line, 3, 4)
        + _lines(line, 4, 5).replace(b"/page/4", b"/caf\xe9")
        + b"x" * (1 << 20) + b"\n"
        + _lines(line, 5, 6)
    )  # fmt: skip
    told = ledger.ingest(log)
    assert "6 entries, 2 noise, 0 refused" in told
    assert ledger.cells() == _cells(0, 6)


def test_a_clock_that_goes_back_loses_no_line(ledger: Any, log: Path, line: Line) -> None:
    log.write_bytes(_lines(line, 500, 600) + _lines(line, 0, 100))
    ledger.ingest(log)
    assert ledger.cells() == _cells(500, 600) + _cells(0, 100)


def test_globs_and_directories_are_their_logs(ledger: Any, log: Path, line: Line) -> None:
    log.write_bytes(_lines(line, 40, 50))
    log.with_name("access.log.1").write_bytes(_lines(line, 20, 40))
    log.with_name("access.log.2.gz").write_bytes(gzip.compress(_lines(line, 0, 20)))
    log.with_name("error.log").write_bytes(
        b"2026/11/23 06:45:30 [info] 9699#9699: *23 client sent\n"
    )
    ledger.ingest(log.parent / "access.log*")
    assert ledger.cells() == _cells(0, 50)
    ledger.ingest(log.parent)
    assert ledger.cells() == _cells(0, 50)


def test_a_dry_run_leaves_no_trace(ledger: Any, log: Path, line: Line) -> None:
    log.write_bytes(_lines(line, 0, 50))
    assert "50 entries" in ledger.ingest("--dry-run", log, log)
    assert not ledger.database.exists()
    ledger.ingest(log)
    before = ledger.database.read_bytes()
    log.write_bytes(_lines(line, 0, 60))
    assert "10 entries" in ledger.ingest("--dry-run", log)
    assert ledger.database.read_bytes() == before


def test_an_ignored_file_is_still_ignored_after_it_was_renamed_and_compressed(
    ledger: Any, log: Path, line: Line
) -> None:
    old, older = log.with_name("access.log.1"), log.with_name("access.log.2")
    old.write_bytes(_lines(line, 20, 40))
    log.write_bytes(_lines(line, 10, 60))  # it begins before what is left alone
    ledger.ingest(log)
    old.rename(older)
    log.rename(old)
    log.write_bytes(_lines(line, 60, 70))
    ledger.ingest(log)
    packed = log.with_name("access.log.2.gz")
    packed.write_bytes(gzip.compress(older.read_bytes()))
    times = older.stat()
    os.utime(packed, ns=(times.st_atime_ns, times.st_mtime_ns))
    older.unlink()
    ledger.ingest(log)
    assert ledger.cells() == _cells(10, 70)


def test_a_file_that_was_created_and_rotated_between_two_runs_is_read(
    ledger: Any, log: Path, line: Line
) -> None:
    """Two rotations, the file between them never seen at the log's path; `rotate 1` deletes what was read."""
    log.write_bytes(_lines(line, 0, 20))
    ledger.ingest(log)
    log.write_bytes(_lines(line, 40, 50))
    log.with_name("access.log.1").write_bytes(_lines(line, 20, 40))
    ledger.ingest(log, status=None)
    assert ledger.cells() == _cells(0, 50)
