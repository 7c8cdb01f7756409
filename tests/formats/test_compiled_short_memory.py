"""The compiled modules stay right if memory is short in any place: a `MemoryError`, then right counts.

A library is loaded before the C library. It lets one call of malloc, calloc or realloc fail, the first one,
then the second one, and so on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compiled_modules import needed

FAILING_MALLOC = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static __thread long left; /* calls until one fails; 0: none does */

void fail_at(long call) { left = call; }
long calls_left(void) { long calls = left; left = 0; return calls; }

static int fails(void) { return left > 0 && --left == 0; }

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return fails() ? NULL : __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }
"""

CALLS = r"""
import ctypes, json, struct
from flask_status_cli.formats.counting.compiled import _scanner
from flask_status_cli.formats.counting.plain_requests import PATH_RULES
from flask_status_cli.store.counts.rows import _count_rows

library = ctypes.CDLL(None)
fail_at, calls_left = library.fail_at, library.calls_left
fail_at.argtypes, calls_left.restype = [ctypes.c_long], ctypes.c_long

LINE = b'u%d 10.0.0.1 - - [23/Nov/2026:06:%02d:01 +0000] "GET /a%d/%d HTTP/1.1" 200 1 0.%d\n'
BLOCK = b"".join(LINE % (n % 90, n // 20, n, n, n % 70) for n in range(400)) + b"odd\n"
DAY = {b"23/Nov/2026": 1_000_000}
COUNTS = {n: {code: 1 for code in range(n % 300)} for n in range(40)}
HOURS = {n: {(code % 90 << 32) + code: 1 for code in range(300)} for n in range(30)}

RECORDS = struct.pack("=iII", 7, 5, 80) * 500

def scanner(path_rules=None):
    return _scanner.Scanner(
        opening=b' +0000] "', steps=b"L\x011L\x01 (N)E", whole=False, separator=b":", longest=1000,
        most_keys=9999, most_bytes=99999, most_others=999, secrets=bytes(range(16)),
        path_rules=path_rules,
    )

def with_rules():
    return scanner(PATH_RULES)

def counted(scan):
    keys, prefixes, durations = scan.scan(BLOCK)[1:]
    codes = [int(key.split(b"/")[2].split(b" ")[0]) for key in keys]
    rules, paths = scan.new_rules()
    of_rules = [len(rule) * 1000 + status for rule, status in (*rules, *paths)]
    buckets = [int(text[2:]) << 32 for text in durations]
    scan.fill(codes, [2] * len(prefixes), buckets, of_rules)
    minutes, records, others = {}, [], []
    nothing = lambda *_: None
    done = scan.add(minutes, records, DAY, nothing, nothing, lambda *odd: others.append(odd))
    return minutes, records, others, done

PLAIN = [(LINE % (n % 9, n // 20, n, n, n % 70)).split(b" ", 1)[1] for n in range(60)]

def small_logs(scan):
    keys, prefixes, durations = scan.scan(b"".join(PLAIN))[1:]
    rules, paths = scan.new_rules()
    codes, of_rules = [1] * len(keys), [3] * len(rules + paths)
    scan.fill(codes, [], [int(text[2:]) << 32 for text in durations], of_rules)
    ends = [len(b"".join(PLAIN[:25])), len(b"".join(PLAIN))]
    logs, minutes, records, begin = scan.survey(DAY, lambda _: None, ends), {}, [], 0
    for until, _, _ in logs:
        scan.add_some(minutes, records, DAY, lambda _: None, begin, until)
        begin = until
    return logs, minutes, records

def absorbed(_):
    mine = {1: {1: 1}}
    _scanner.absorb(mine, COUNTS, [*range(300)])
    return mine, _scanner.records_of([60] * 300, [7] * 300, [5 << 32] * 300)

def rows(_):
    quarters, left, places = [], set(), {code: code for code in range(0, 300, 2)}
    order, many = [*range(40)], [*range(1000, 1300)]
    made = _count_rows.count_rows(order, 0, 500, COUNTS, places, many, many, quarters, left)
    return made, quarters, left

def durations(_):
    groups = {code: code * 7 for code in range(300)}
    few = _count_rows.duration_rows(HOURS, [RECORDS] * 3, groups, -9, 99, 4000)
    return few, _count_rows.duration_rows(HOURS, [RECORDS] * 3, groups, -9, 99, 0)

def waiting(_):
    paths = {code: ("/" + str(code), 404) for code in range(300)}
    return _count_rows.waiting_rows("", [*range(40)], COUNTS, paths)

failures = {}
for name, make, call in (
    ("scanner", scanner, counted),
    ("rules", with_rules, counted),
    ("small logs", with_rules, small_logs),
    ("absorb", int, absorbed),
    ("count rows", int, rows),
    ("durations", int, durations),
    ("waiting", int, waiting),
):
    right, place, failures[name] = call(make()), 0, 0
    while True:
        place += 1 if place < 400 else 1 + place // 16
        made, left = make(), 0
        try:
            fail_at(place)
            call(made)
            left = calls_left()
        except MemoryError:
            failures[name] += 1
        assert call(made) == right, (name, place)
        if left:  # so many calls were not made
            break
print(json.dumps(failures))
"""


@pytest.mark.skipif(
    shutil.which("gcc") is None and not os.environ.get("CI"), reason="gcc is not installed"
)
def test_memory_that_is_short_in_any_place_makes_no_crash_and_no_wrong_count(
    tmp_path: Path,
) -> None:
    for name in ("formats.counting.compiled._scanner", "store.counts.rows._count_rows"):
        needed(name)
    source, library = tmp_path / "failing.c", tmp_path / "failing.so"
    source.write_text(FAILING_MALLOC)
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", source, "-o", library], check=True)
    environment = os.environ | {"LD_PRELOAD": str(library), "PYTHONMALLOC": "malloc"}
    done = subprocess.run(
        [sys.executable, "-c", CALLS],
        cwd=tmp_path,  # the installed package is tested, not the checkout, which may have no modules
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    failures = json.loads(done.stdout)
    assert all(failures[name] > 10 for name in failures), failures
    assert len(failures) == 7
