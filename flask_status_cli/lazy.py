"""Imports names and modules when they are first used, so that starting is fast."""

import sys
from collections.abc import Callable, Mapping, MutableMapping
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType


def names_from(
    package: MutableMapping[str, object], modules: Mapping[str, str]
) -> Callable[[str], object]:
    """Return the `__getattr__` of a package (PEP 562), given its `globals()` and the module of each name.

    No module of the package may have one of these names: importing the module would replace the name.
    """

    def get(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package['__name__']}.{modules[name]}"), name)
        package[name] = found
        return found

    return get


class _Unloaded(ModuleType):
    """A module whose code runs when one of its attributes is first used.

    `importlib.util.LazyLoader` is not used, because before Python 3.12 a second `import` runs the code.
    """

    def __getattr__(self, name: str) -> object:
        with _LOADING:
            if type(self) is _Unloaded:
                spec = self.__spec__
                assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - see below
                spec.loader.exec_module(self)
                self.__class__ = ModuleType  # type: ignore[assignment]  # allowed for modules
        found: object = getattr(self, name)
        return found


_LOADING = RLock()


def import_when_used(name: str) -> None:
    """Let `import name` run the code of a module when an attribute of it is first used.

    This is for modules of the standard library that other packages import at once.
    """
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.loader is None:
        return
    module = sys.modules[name] = module_from_spec(spec)
    module.__class__ = _Unloaded
