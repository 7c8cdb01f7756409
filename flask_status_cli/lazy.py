"""Lets a package import its public names when they are first used (PEP 562), so that importing it is fast."""

from collections.abc import Callable, Mapping, MutableMapping
from importlib import import_module


def names_from(
    package: MutableMapping[str, object], modules: Mapping[str, str]
) -> Callable[[str], object]:
    """Return the `__getattr__` of a package, given its `globals()` and the module of each name.

    No module of the package may have one of these names: importing the module would replace the name.
    """

    def get(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package['__name__']}.{modules[name]}"), name)
        package[name] = found
        return found

    return get
