"""Archives of the real commands: whole, cut, damaged, or made to use much memory."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.errors import LogError
from flask_status_cli.sources import Content
from flask_status_cli.sources.reading.compression import DecompressedArchive, archive_of

Log = Callable[..., bytes]
Pack = Callable[[bytes], bytes]
SKIPPED = struct.pack("<II", 0x184D2A53, 5) + b"notes"
CHUNK = 1 << 18


def _unpacked(packed: bytes, *, chunk: int = CHUNK) -> tuple[bytes, DecompressedArchive]:
    archive = archive_of(packed)
    assert archive is not None
    unpacked = DecompressedArchive(archive, io.BytesIO(packed), name="it")
    plain = b""
    while more := unpacked.read(chunk):
        assert len(more) <= chunk
        plain += more
    return plain, unpacked


COMMANDS = [
    ["gzip", "-9"], ["gzip", "--rsyncable"],
    ["bzip2"],
    ["xz"], ["xz", "-T2", "--block-size=65536"], ["xz", "--check=sha256"],
    ["zstd"], ["zstd", "-T0"], ["zstd", "-19"], ["zstd", "--no-check"], ["zstd", "--fast=5"],
    ["zstd", "--long=27"], ["zstd", "--ultra", "-22"], ["zstd", "--adapt"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("members", [1, 3])
def test_files_of_the_real_commands_are_read(
    program: Callable[[str], str], log: Log, command: list[str], members: int
) -> None:
    whole = log(1, 4000)
    parts = [whole[n * len(whole) // members :][: len(whole) // members] for n in range(members)]
    parts[-1] = whole[sum(map(len, parts[:-1])) :]
    packed = b""
    for (
        part
    ) in parts:  # members one after the other, as `cat`, compressed appending or pigz -i makes them
        call = [program(command[0]), "-c", *command[1:]]
        packed += subprocess.run(call, input=part, capture_output=True, check=True).stdout
    plain, unpacked = _unpacked(packed)
    assert plain == whole
    assert (unpacked.cut, unpacked.damage, unpacked.members) == (False, None, members)


def test_a_file_of_known_size_has_one_segment_and_is_read(
    program: Callable[[str], str], log: Log, tmp_path: Path
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(log(1, 4000))
    subprocess.run([program("zstd"), "-q", "--long=31", path], check=True, cwd=tmp_path)
    assert _unpacked((tmp_path / "access.log.zst").read_bytes())[0] == path.read_bytes()


@pytest.mark.parametrize("window", [28, 31])
def test_a_too_large_window_is_an_error_that_names_the_command(
    program: Callable[[str], str], log: Log, tmp_path: Path, window: int
) -> None:
    packed = subprocess.run(
        [program("zstd"), "-c", "--ultra", f"--long={window}"],
        input=log(1, 400), capture_output=True, check=True,
    ).stdout  # fmt: skip
    path = tmp_path / "access.log.zst"
    path.write_bytes(packed)
    with pytest.raises(LogError, match=r"128 MiB; try: zstd -dc --long=31 .*access\.log\.zst \|"):
        Content(str(path))
    _, unpacked = _unpacked(PLAIN_FRAME + packed)
    assert unpacked.damage is not None
    assert "128 MiB" in unpacked.damage


PLAIN_FRAME = bytes.fromhex("28b52ffd2003190000610a62")
"""RFC 8878, by hand: one segment of 3 bytes, one raw block that is the last, `a`, line end, `b`."""


@pytest.mark.parametrize(
    "packed",
    [
        PLAIN_FRAME,
        SKIPPED + PLAIN_FRAME,
        PLAIN_FRAME + SKIPPED,
        SKIPPED * 3 + PLAIN_FRAME + SKIPPED,
        struct.pack("<II", 0x184D2A5F, 1 << 17) + bytes(1 << 17) + PLAIN_FRAME,
    ],
)
@pytest.mark.parametrize("chunk", [1, 2, CHUNK])
def test_skippable_frames_have_no_content(packed: bytes, chunk: int) -> None:
    """pzstd puts one before each frame, seekable archives one at the end."""
    plain, unpacked = _unpacked(packed, chunk=chunk)
    assert plain == b"a\nb"
    assert (unpacked.cut, unpacked.damage) == (False, None)


@given(st.data())
def test_a_cut_archive_gives_its_beginning_and_is_reported_as_cut(
    packers: dict[str, Pack], data: st.DataObject
) -> None:
    pack = packers[data.draw(st.sampled_from(sorted(packers)))]
    whole = random.Random(data.draw(st.integers(0, 9))).randbytes(2000).hex().encode()
    packed = pack(whole[:1000]) + pack(whole[1000:])
    cut = data.draw(st.integers(6, len(packed) - 1))
    plain, unpacked = _unpacked(packed[:cut])
    assert whole.startswith(plain)
    assert unpacked.damage is None
    assert unpacked.cut == (cut != len(pack(whole[:1000])))


@given(st.data())
def test_damage_is_reported_or_changes_no_byte(
    packers: dict[str, Pack], data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(sorted(packers)))
    whole = random.Random(data.draw(st.integers(0, 9))).randbytes(1500).hex().encode()
    packed = bytearray(packers[kind](whole))
    place = data.draw(st.integers(6, len(packed) - 1))
    packed[place] ^= data.draw(st.integers(1, 255))
    plain, unpacked = _unpacked(bytes(packed))
    told = unpacked.damage is not None or unpacked.cut
    assert told or plain == whole or kind == "zstd", "zstd writes no checksum unless asked to"


def test_the_checksum_that_the_zstd_command_writes_is_verified(
    program: Callable[[str], str], log: Log
) -> None:
    packed = bytearray(
        subprocess.run(
            [program("zstd"), "-c"], input=log(1, 900), capture_output=True, check=True
        ).stdout
    )
    packed[-1] ^= 1
    _, unpacked = _unpacked(bytes(packed))
    assert unpacked.damage is not None


def test_data_after_the_end_of_an_archive_are_reported(pack: Pack) -> None:
    for rubbish in (b"rubbish", b"\x01"):
        plain, unpacked = _unpacked(pack(b"a\nb\n") + rubbish)
        assert plain == b"a\nb\n"
        assert unpacked.damage == "something else follows its end"


# Peak memory of a program that reads an archive of many zeros.
MEASURED = """
import re, sys
from pathlib import Path
from flask_status_cli.sources.reading.compression import DecompressedArchive, archive_of

with open(sys.argv[1], "rb") as file:
    unpacked = DecompressedArchive(archive_of(file.read(6)), open(sys.argv[1], "rb", 0), name="it")
    length = sum(map(len, iter(lambda: unpacked.read(1 << 18), b"")))
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(length, int(peak) * 1024)
"""
MB = 1_000_000


def test_an_archive_that_unpacks_to_thousands_of_times_its_size_takes_little_memory(
    tmp_path: Path, pack: Pack
) -> None:
    zeros = bytes(100 * MB)
    bomb = tmp_path / "bomb"
    bomb.write_bytes(pack(zeros))
    assert bomb.stat().st_size < len(zeros) // 500
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, bomb], cwd=tmp_path, stdout=subprocess.PIPE, check=True
    )
    length, peak = map(int, done.stdout.split())
    assert length == len(zeros)
    assert peak < 60 * MB
