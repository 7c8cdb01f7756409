"""The compiled modules touch no memory but their own: the compiler's sanitizers watch it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = (
    "flask_status_cli/formats/counting/compiled/_scanner",
    "flask_status_cli/sources/identity/compiled/_fingerprints",
    "flask_status_cli/store/counts/rows/_count_rows",
)
EXAMPLES = os.environ.get("EXAMPLES", "30")
TESTS = (
    "formats/test_compiled_scanner.py",
    "formats/test_formats_many_logs.py",
    "formats/test_formats_plain_requests.py",
    "sources/test_small_fingerprints.py",
    "store/test_store_count_rows.py",
    "formats/test_formats_bulk.py::test_like_lines_count_as_one_by_one",
    "formats/test_formats_bulk.py::test_a_line_that_is_too_long_is_refused_whatever_its_shape",
    "formats/test_formats_fast_path.py::test_any_log_in_any_blocks_counts_as_line_by_line",
)


def compiled_with_sanitizers(folder: Path) -> None:
    """Copy the package to a folder, with modules that end the process at the first error."""
    shutil.copytree(
        ROOT / "flask_status_cli",
        folder / "flask_status_cli",
        ignore=shutil.ignore_patterns("*.so"),
    )
    for module in MODULES:
        sources = sorted((ROOT / module).parent.glob("*.c"))
        subprocess.run(
            ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-shared", "-fPIC",
             "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-DPLAINLY",
             f"-I{sysconfig.get_path('include')}", *sources, "-o", folder / f"{module}.abi3.so"],
            check=True,
        )  # fmt: skip


@pytest.mark.skipif(
    shutil.which("gcc") is None and not os.environ.get("CI"), reason="gcc is not installed"
)
def test_no_line_makes_a_compiled_module_touch_memory_that_is_not_its_own(tmp_path: Path) -> None:
    compiled_with_sanitizers(tmp_path)
    library = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True
    ).stdout.strip()
    watched = {
        "PYTHONPATH": str(tmp_path), "LD_PRELOAD": library, "PYTHONMALLOC": "malloc",
        "ASAN_OPTIONS": "detect_leaks=0", "EXAMPLES": EXAMPLES, "CI": "true",
    }  # fmt: skip
    place = "import flask_status_cli.formats.counting.compiled._scanner as it; print(it.__file__)"
    used = subprocess.run(
        [sys.executable, "-P", "-c", place],
        env=os.environ | watched,
        capture_output=True,
        text=True,
        check=True,
    )
    assert used.stdout.startswith(str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
         "-k", "not python", *(f"tests/{test}" for test in TESTS)],
        cwd=ROOT, env=os.environ | watched, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert " passed" in done.stdout
