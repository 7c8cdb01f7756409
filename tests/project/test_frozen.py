"""Classes made by `frozen` behave as those of `dataclass(frozen=True, slots=True)`."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar

import pytest

from flask_status_cli.frozen import FEW, frozen
from flask_status_cli.frozen import replace as ours_replaced


@frozen
class Ours:
    """A point."""

    x: int
    y: int = 7
    seen: Mapping[int, int] = field(default_factory=dict)
    took: float = field(default=0.5, compare=False, repr=False)
    count: ClassVar[int] = 3

    def moved(self) -> Ours:
        """Return the next point."""
        return replace(self, x=self.x + 1)


@dataclass(frozen=True, slots=True)
class Theirs:
    """A point."""

    x: int
    y: int = 7
    seen: Mapping[int, int] = field(default_factory=dict)
    took: float = field(default=0.5, compare=False, repr=False)
    count: ClassVar[int] = 3

    def moved(self) -> Theirs:
        """Return the next point."""
        return replace(self, x=self.x + 1)


@frozen
class Empty:
    """Nothing."""


def _matched(point: Any) -> object:
    match point:
        case Ours(x, y, seen, took) | Theirs(x, y, seen, took):
            return x, y, seen, took
    return None


USES: tuple[Callable[[Any], Any], ...] = (
    lambda of: repr(of(1)).replace(of.__name__, "Point"),
    lambda of: (of(1).x, of(1).y, of(1).seen, of(1).took, of(1).count, of.count),
    lambda of: of(1, 2, {3: 4}, 5.0).seen,
    lambda of: of(1, took=3) == of(1, took=4),
    lambda of: of(1) == of(2),
    lambda of: of(1) == (1, 7, {}),
    lambda of: of(1) != of(1),
    lambda of: hash(of(1, seen=())) == hash(of(1, seen=(), took=9)),
    lambda of: len({of(1, seen=()), of(1, seen=()), of(2, seen=())}),
    lambda of: (of(1).moved().x, of(1).moved().y),
    lambda of: [(each.name, each.type, each.compare, each.repr, each.init) for each in fields(of)],
    lambda of: (is_dataclass(of), of.__match_args__, of.__slots__, hasattr(of(1), "__dict__")),
    lambda of: (pickle.loads(pickle.dumps(of(1))) == of(1), copy.deepcopy(of(1)) == of(1)),
    lambda of: (of.__name__ in of.__qualname__, of.__module__, of.__doc__),
    lambda of: of(1).seen is of(1).seen,
    lambda of: _matched(of(1)),
)

NEEDS_ITS_MODULE: tuple[Callable[[Any], Any], ...] = (USES[12], USES[15])
"""These uses look the class up by its name, which a class made in a function has not."""

REFUSED: tuple[Callable[[Any], Any], ...] = (
    lambda of: of(),
    lambda of: of(1, 2, {}, 4.0, 5),
    lambda of: of(1, z=2),
    lambda of: of(1, x=2),
    lambda of: setattr(of(1), "x", 2),
    lambda of: delattr(of(1), "x"),
    lambda of: hash(of(1)),  # of a dict
    lambda of: of(1) < of(2),
    lambda of: replace(of(1), z=2),
)


def _new() -> Any:
    """Return a class like `Ours` of which no object was made yet."""
    body = {key: value for key, value in Theirs.__dict__.items() if key in ("__doc__", "moved")}
    names = {"y": 7, "seen": field(default_factory=dict), "count": 3}
    names["took"] = field(default=0.5, compare=False, repr=False)
    names["__annotations__"] = Theirs.__annotations__
    return frozen(
        type("Ours", (), {**body, **names, "__module__": __name__, "__qualname__": "Ours"})
    )


def _often_made() -> Any:
    """Return a class of which so many objects were made that its `__init__` is compiled."""
    for made in range(FEW + 1):
        Ours(made)
    return Ours


@pytest.mark.parametrize("use", USES)
def test_a_frozen_class_is_used_as_a_dataclass(use: Callable[[Any], Any]) -> None:
    assert use(_often_made()) == use(Theirs)


@pytest.mark.parametrize("use", [use for use in USES if use not in NEEDS_ITS_MODULE])
def test_the_first_objects_of_a_class_are_used_as_the_later_ones(use: Callable[[Any], Any]) -> None:
    assert use(_new()) == use(Theirs)


@pytest.mark.parametrize("use", REFUSED)
@pytest.mark.parametrize("ours_of", [_new, _often_made])
def test_a_frozen_class_refuses_what_a_dataclass_refuses(
    use: Callable[[Any], Any], ours_of: Callable[[], Any]
) -> None:
    with pytest.raises((TypeError, AttributeError)) as theirs:
        use(Theirs)
    with pytest.raises(theirs.type) as ours:
        use(ours_of())
    assert str(ours.value).replace("Ours", "Theirs") == str(theirs.value)


def test_each_object_has_a_default_of_its_own() -> None:
    cls = _new()
    assert cls(1).seen is not cls(1).seen


def test_a_field_may_be_replaced_without_describing_all_fields() -> None:
    assert ours_replaced(Ours(1, took=2), y=3) == Ours(1, 3, took=2)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        ours_replaced(Ours(1), z=2)


def test_no_field_can_be_set_after_the_first_object_was_made() -> None:
    made = Ours(1)
    with pytest.raises(FrozenInstanceError):
        made.x = 2  # type: ignore[misc]  # that is the test
    assert made.x == 1


def test_copy_replace_of_python_3_13_takes_the_class() -> None:
    made = Ours(1)
    assert made.__replace__(x=2) == Ours(2)  # type: ignore[attr-defined]  # of Python 3.13


def test_a_class_without_fields_has_one_value() -> None:
    assert Empty() == Empty()
    assert {Empty(), Empty()} == {Empty()}


def test_what_a_class_writes_itself_is_kept() -> None:
    @frozen
    class Named:
        name: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Named) and self.name[:1] == other.name[:1]

        def __hash__(self) -> int:
            return hash(self.name[:1])

        def __repr__(self) -> str:
            return self.name

    assert Named("ab") == Named("ac")
    assert len({Named("ab"), Named("ac")}) == 1
    assert repr(Named("ab")) == "ab"
