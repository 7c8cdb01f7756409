"""Makes frozen dataclasses with slots in little time. A start of the program makes about a hundred of them.

`dataclass(frozen=True, slots=True)` writes and compiles six functions for each class, which takes 0.4 ms.
Here all classes share their methods, and `__init__` is compiled only for a class of which several objects
are made. That saves a third of the CPU of a run that finds nothing new. To use, the classes are the same:
`dataclasses.replace` and `dataclasses.fields` take them, and mypy knows them. With
`dataclass(frozen=True, slots=True)` in its place, everything works, only slower; see docs/design/start-up.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, Final, TypeVar, dataclass_transform

T = TypeVar("T")

_FIELDS: Final = "__dataclass_fields__"
"""The attribute by which `dataclasses` knows its classes."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class a frozen dataclass with slots. It inherits from no other one."""
    names = [
        name for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar")
    ]
    body = {key: value for key, value in cls.__dict__.items() if key not in _NOT_COPIED}
    given = {name: body.pop(name) for name in names if name in body}
    if body.get("__hash__") is None:  # Python's word for a class with an `__eq__` of its own
        body.pop("__hash__", None)
    body = {**_SHARED, **body}
    body["__slots__"] = body["__match_args__"] = tuple(names)
    body["__qualname__"] = cls.__qualname__
    body[_FIELDS] = _LazyFields(names, given)
    metaclass: Any = type(cls)
    made: type[T] = metaclass(cls.__name__, cls.__bases__, body)
    return made


class _LazyFields:
    """The fields of a class as `dataclasses` describes them, made when somebody asks for them."""

    def __init__(self, names: list[str], given: dict[str, Any]) -> None:
        self._names = names
        self._given = given

    def __get__(self, _: object, owner: type) -> dict[str, Field[Any]]:
        kinds = {name: owner.__annotations__[name] for name in self._names}
        body = {"__annotations__": kinds, "__module__": owner.__module__, **self._given}
        body["__doc__"] = "Any text: without one, `dataclass` makes one, which takes a millisecond."
        described: Any = dataclass(init=False, repr=False, eq=False)(type(owner.__name__, (), body))
        found: dict[str, Field[Any]] = described.__dict__[_FIELDS]
        setattr(owner, _FIELDS, found)
        return found

    def as_given(self) -> dict[str, Field[Any]]:
        """Return the fields by name. They have their defaults, but not their own names or types."""
        given = ((name, self._given.get(name, MISSING)) for name in self._names)
        return {
            name: value if isinstance(value, Field) else field(default=value)
            for name, value in given
        }


def _fields(cls: type[Any]) -> dict[str, Field[Any]]:
    """Return the fields of a class by name, without what `dataclass` makes of them: it takes 0.2 ms."""
    known = cls.__dict__[_FIELDS]
    return known.as_given() if isinstance(known, _LazyFields) else known


def field_names(cls: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields of a frozen class, in their order."""
    names: tuple[str, ...] = cls.__slots__
    return names


def replace(made: T, /, **changes: Any) -> T:
    """Return a copy of an object with other values of some fields, as `dataclasses.replace` does.

    It does not need the descriptions of the fields, which take 0.3 ms for each class.
    """
    kept = {name: getattr(made, name) for name in field_names(type(made))}
    return type(made)(**kept | changes)


FEW: Final = 8
"""So many objects of a class are made without compiling its `__init__`, which takes as long as 30 of them."""


class _Parameters:
    """The parameters of the `__init__` of a class, for the first objects."""

    def __init__(self, cls: type[Any]) -> None:
        described = _fields(cls)
        self._names = list(described)
        self._setters = [cls.__dict__[name].__set__ for name in described]
        self._defaults = {
            name: each.default for name, each in described.items() if each.default is not MISSING
        }
        self._factories = {
            name: each.default_factory
            for name, each in described.items()
            if each.default_factory is not MISSING
        }
        self._left = FEW

    def set_values(self, made: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Set the fields of an object, and return `True`.

        Return `False` after the first objects, and if the arguments are wrong.
        """
        if not self._left or len(args) > len(self._names):
            return False
        self._left -= 1
        given = {**self._defaults, **dict(zip(self._names, args, strict=False)), **kwargs}
        for name, factory in self._factories.items():
            if name not in given:
                given[name] = factory()
        named_twice = not kwargs.keys().isdisjoint(self._names[: len(args)])
        if named_twice or len(given) != len(self._names) or given.keys() != set(self._names):
            return False
        for name, set_value in zip(self._names, self._setters, strict=True):
            set_value(made, given[name])
        return True


_PARAMETERS: Final[dict[type, _Parameters]] = {}
"""The parameters of the classes of which few objects were made."""


def _init(self: Any, /, *args: Any, **kwargs: Any) -> None:
    """Stand in for `__init__` while few objects are made. Its errors are those of the compiled one."""
    cls = type(self)
    parameters = _PARAMETERS.get(cls)
    if parameters is None:
        parameters = _PARAMETERS[cls] = _Parameters(cls)
    if not parameters.set_values(self, args, kwargs):
        cls.__init__ = _written_init(cls)
        cls.__init__(self, *args, **kwargs)


def _written_init(cls: type[Any]) -> Callable[..., None]:
    """Compile the `__init__` of a class: a parameter for each field, and a store into its slot."""
    names: dict[str, Any] = {"_MISSING": MISSING}
    parameters, stores = [], []
    for name, each in _fields(cls).items():
        names[f"_set_{name}"] = cls.__dict__[name].__set__
        value = name
        if each.default_factory is not MISSING:
            names[f"_default_{name}"] = each.default_factory
            parameters.append(f"{name}=_MISSING")
            value = f"_default_{name}() if {name} is _MISSING else {name}"
        elif each.default is not MISSING:
            names[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        stores.append(f" _set_{name}(self, {value})")
    text = f"def __init__(self, {', '.join(parameters)}):\n" + "\n".join(stores or [" pass"])
    made: dict[str, Callable[..., None]] = {}
    exec(text, names, made)  # noqa: S102 - the names of the fields, as in `dataclasses`
    written = made["__init__"]
    written.__qualname__ = f"{cls.__qualname__}.__init__"
    return written


_COMPARED: Final[dict[type, Callable[[Any], Any]]] = {}
"""What returns the compared values of an object, by its class."""


def _compared(cls: type[Any]) -> Callable[[Any], Any]:
    names = [name for name, each in _fields(cls).items() if each.compare]
    found = _COMPARED[cls] = attrgetter(*names) if names else lambda _: ()
    return found


def _eq(self: Any, other: object) -> Any:
    cls = type(self)
    if type(other) is not cls:
        return NotImplemented
    values = _COMPARED.get(cls) or _compared(cls)
    return values(self) == values(other)


def _hash(self: Any) -> int:
    cls = type(self)
    values = _COMPARED.get(cls) or _compared(cls)
    return hash(values(self))


def _repr(self: Any) -> str:
    shown = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _setattr(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__slots__]


def _setstate(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)


_NOT_COPIED: Final = frozenset(("__dict__", "__weakref__"))

_SHARED: Final = {
    "__init__": _init,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
    "__replace__": replace,  # of Python 3.13, for `copy.replace`
}
