"""The finder of our modules finds and loads what Python's own finder would."""

from __future__ import annotations

import importlib.util
import inspect
import os
import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from flask_status_cli.module_finder import ModuleFinder


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """A package `shop_to_find` with the package `cart`; its finder precedes Python's."""
    package = tmp_path / "shop_to_find"
    (package / "cart").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "cart" / "__init__.py").write_text("from shop_to_find.cart.items import PRICE\n")
    (package / "cart" / "items.py").write_text("PRICE = 7\n")
    sys.path.insert(0, str(tmp_path))
    finder = ModuleFinder("shop_to_find")
    sys.meta_path.insert(0, finder)
    yield package
    sys.meta_path.remove(finder)
    sys.path.remove(str(tmp_path))
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith("shop_to_find")]:
        del sys.modules[name]


def _import(name: str) -> ModuleType:
    _forget()
    importlib.invalidate_caches()
    return importlib.import_module(name)


def _compile(source: Path, mode: py_compile.PycInvalidationMode) -> None:
    py_compile.compile(str(source), doraise=True, invalidation_mode=mode)


TIMED = py_compile.PycInvalidationMode.TIMESTAMP
HASHED = py_compile.PycInvalidationMode.CHECKED_HASH


@pytest.mark.parametrize("mode", [None, TIMED, HASHED], ids=["not compiled", "timed", "hashed"])
def test_modules_have_the_attributes_that_python_gives_them(
    shop: Path, mode: py_compile.PycInvalidationMode | None
) -> None:
    source = shop / "cart" / "items.py"
    if mode is not None:
        _compile(source, mode)
    cart = _import("shop_to_find.cart")
    items = sys.modules["shop_to_find.cart.items"]
    assert (cart.PRICE, items.PRICE) == (7, 7)
    assert (items.__file__, cart.__path__) == (str(source), [str(source.parent)])
    assert items.__cached__ == importlib.util.cache_from_source(str(source))
    assert items.__package__ == cart.__package__ == "shop_to_find.cart"
    assert inspect.getsource(items) == "PRICE = 7\n"


@pytest.mark.parametrize("mode", [TIMED, HASHED], ids=["timed", "hashed"])
def test_a_changed_source_is_compiled_again(
    shop: Path, mode: py_compile.PycInvalidationMode
) -> None:
    source = shop / "cart" / "items.py"
    _compile(source, mode)
    assert _import("shop_to_find.cart.items").PRICE == 7
    source.write_text("PRICE = 8\n")  # of the same size
    os.utime(source, (1, 1))
    assert _import("shop_to_find.cart.items").PRICE == 8


def test_a_broken_or_foreign_compiled_file_is_not_used(shop: Path) -> None:
    source = shop / "cart" / "items.py"
    _compile(source, TIMED)
    compiled = Path(importlib.util.cache_from_source(str(source)))
    whole = compiled.read_bytes()
    for data in (b"", whole[:15], b"\0\0\r\n" + whole[4:]):
        compiled.write_bytes(data)
        assert _import("shop_to_find.cart.items").PRICE == 7


def test_what_is_no_module_is_left_to_python(shop: Path) -> None:
    (shop / "data").mkdir()
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'shop_to_find\.nothing'"):
        _import("shop_to_find.nothing")
    assert _import("shop_to_find.data").__file__ is None  # a namespace package
    assert ModuleFinder("shop_to_find").find_spec("json", None) is None
    assert ModuleFinder("shop_to_find").find_spec("shop_to_find.x", ["/no/such/place"]) is None
