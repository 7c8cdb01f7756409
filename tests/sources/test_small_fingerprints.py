"""The fingerprints of a small log are those of any log, also if compiled code makes them."""

from __future__ import annotations

import hashlib
import os
import zlib
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.sources.identity.fingerprints import DENSE, FINE, SPAN, of_small_logs
from flask_status_cli.sources.identity.first_lines import LINES
from tests.compiled_modules import needed

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
lengths = st.integers(0, 300) | st.sampled_from([0, 126, 127, 128, 1023, 1024, 4095, 9000, 40_000])


def expected(lines: list[bytes]) -> tuple[bytes, bytes]:
    """Return the fingerprints as the design describes them, by Python's own BLAKE2b and CRC."""
    whole, ends = b"".join(lines), list(accumulate(map(len, lines)))
    places = {
        *(end for end in ends if end <= 4096),
        *range(8192, ends[-1] + 1, 8192),
    }
    marks = b"".join(
        place.to_bytes(8, "big")
        + hashlib.blake2b(whole[max(0, place - 1024) : place], digest_size=8).digest()
        for place in sorted(places | {ends[-1]})
    )
    prints = b"".join(zlib.crc32(whole[:end]).to_bytes(4, "big")[2:] for end in ends[:2048])
    return marks, prints


def logs(most: int) -> st.SearchStrategy[list[bytes]]:
    fills = st.sampled_from([b"a", b"\xff", b"\0"])
    line = st.builds(lambda length, fill: fill * length + b"\n", lengths, fills)
    return st.lists(line, min_size=1, max_size=most)


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(40))
def test_marks_and_prints_are_digests_and_checksums_of_the_content(lines: list[bytes]) -> None:
    assert of_small_logs([b"".join(lines), b"x\n"])[0] == expected(lines)


@pytest.mark.parametrize("lines", [2047, 2048, 2049, 5000])
def test_only_the_first_lines_have_a_print_and_each_line_end_in_4_kib_has_a_mark(
    lines: int,
) -> None:
    many = [b"%d\n" % (n % 7) for n in range(lines)]
    assert of_small_logs([b"".join(many)]) == [expected(many)]


@pytest.mark.parametrize("first", [b"\n", b"ab\n"])
def test_windows_of_any_length_have_the_digests_of_hashlib(first: bytes) -> None:
    # line ends at each odd or even position: windows of 1 to 1024 bytes, in each of the four lanes
    lines = [first, *(b"%c\n" % (33 + n % 90) for n in range(1100))]
    assert of_small_logs([b"".join(lines)]) == [expected(lines)]


@pytest.fixture
def compiled() -> Any:
    return needed("sources.identity.compiled._fingerprints")


def test_a_content_without_a_line_end_is_one_mark(compiled: Any) -> None:
    marks, prints = compiled.fingerprints(b"abc", DENSE, SPAN, FINE, LINES)
    digest = hashlib.blake2b(b"abc", digest_size=8).digest()
    assert (marks, prints) == (b"\0" * 7 + b"\x03" + digest, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        (b"", DENSE, SPAN, FINE, LINES),
        (b"a\n", -1, SPAN, FINE, LINES),
        (b"a\n", DENSE, -1, FINE, LINES),
        (b"a\n", DENSE, SPAN, FINE, -1),
        (b"a\n", DENSE, SPAN, 0, LINES),
    ],
)
def test_wrong_values_are_refused(compiled: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError):
        compiled.fingerprints(*arguments)


def test_marks_at_multiples_of_a_number_follow_those_at_line_ends(compiled: Any) -> None:
    marks, _ = compiled.fingerprints(b"ab\n" * 9, 7, 4, 5, 3)
    assert [int.from_bytes(marks[at : at + 8], "big") for at in range(0, len(marks), 16)] == [
        3, 6, 10, 15, 20, 25, 27,
    ]  # fmt: skip
