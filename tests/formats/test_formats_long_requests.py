"""Long requests are not remembered, because a client could fill the memory with them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from flask_status_cli.formats.counting.line_cache import Memo
from flask_status_cli.formats.records.codes_alike import CodesAlike
from flask_status_cli.model import UrlMap, UrlRule
from flask_status_cli.routes import finder
from flask_status_cli.routes.host_labels import labels_of


def code_by_memo(path: str, count: Callable[[], int]) -> int:
    memo = Memo(lambda _key: count(), lambda _prefix: True, bytes)
    memo.codes_of([b'GET %b HTTP/1.1" 200 ' % path.encode()])
    return memo.codes_of([b'GET %b HTTP/1.1" 200 ' % path.encode()])[0]


def code_by_records(path: str, count: Callable[[], int]) -> int:
    codes = CodesAlike(lambda _method, _target, _status: count(), bytes)
    codes.code("GET", path, 200)
    return codes.code("GET", path, 200)


@pytest.mark.parametrize("code", [code_by_memo, code_by_records])
@pytest.mark.parametrize(("length", "asked"), [(900, 1), (2000, 2)])
def test_only_short_requests_are_remembered(
    code: Callable[[str, Callable[[], int]], int], length: int, asked: int
) -> None:
    numbers = iter(range(1, 3))
    assert code("/" + "x" * length, lambda: next(numbers)) == asked


@pytest.mark.parametrize(
    "look_up",
    [
        lambda text: finder((UrlMap((UrlRule("/a"),)),)).rule_of("GET", "/" + text),
        labels_of(),
    ],
    ids=["declared rules", "hosts"],
)
def test_long_texts_of_clients_stay_in_no_cache(look_up: Callable[[str], str]) -> None:
    look_up("first")
    tracemalloc.start()
    for number in range(200):
        look_up(f"{number}" + "x" * 50_000)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000
