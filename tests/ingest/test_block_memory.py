"""The memory of a block of lines is used again for the next one."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

ROUNDS = 50
PAGES = 256
"""Four blocks of 256 KiB have this many pages of 4 KiB."""

FIRST_USES = f"""
import resource
from flask_status_cli.pipeline.ingest import run
run._keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({ROUNDS}):
    blocks = [b"x" * (256 << 10) for _ in range(4)]
    del blocks
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
"""Prints how many pages of memory were used for the first time."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc returns freed memory")
def test_the_pages_of_a_block_are_used_again_for_the_next_one() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", FIRST_USES], capture_output=True, text=True, check=True
    )
    assert int(printed.stdout) < 4 * PAGES
