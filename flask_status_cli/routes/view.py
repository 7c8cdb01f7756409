"""Many routes that differ in one segment are shown as one: the grouping of a report's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_status_cli.model import Origin, Route

SEGMENT_LIMIT = 20
"""So many different next segments of one parent are still shown one by one."""

ROOT_LIMIT = 200
"""The same directly under `/`."""

_Path = tuple[str, ...]


def group(routes: Iterable[Route]) -> dict[tuple[str, str], str]:
    """Return the rule under which each `(label, rule)` is shown.

    Label by label, from `/` downwards: where a parent has more different next segments than the
    limit (variables, and those that lead to a declared or named route, not counted), these become
    `<str>`, and the next level is judged on what is then equal. The order of `routes` is no matter.
    """
    fixed: dict[str, dict[str, bool]] = {}
    for route in routes:
        declared = route.origin is not Origin.DISCOVERED or bool(route.name)
        fixed.setdefault(route.label, {})[route.rule] = declared
    return {
        (label, rule): shown
        for label, rules in fixed.items()
        for rule, shown in _grouped(rules).items()
    }


def _grouped(rules: dict[str, bool]) -> dict[str, str]:
    """Return the shown rule of each rule of one label; the flag marks declared and named ones."""
    paths = {rule: tuple(rule.split("/")) for rule in rules if rule.startswith("/")}
    for level in range(1, max(map(len, paths.values()), default=0)):
        replaced = set(_crowded(paths, rules, level))
        paths = {
            rule: (*path[:level], _variable(path[:level]), *path[level + 1 :])
            if path[: level + 1] in replaced
            else path
            for rule, path in paths.items()
        }
    return {rule: "/".join(paths[rule]) if rule in paths else rule for rule in rules}


def _crowded(paths: dict[str, _Path], rules: dict[str, bool], level: int) -> Iterator[_Path]:
    """Yield the beginnings of `level` segments that have too many of their kind beside them."""
    kept = {paths[rule][: level + 1] for rule in paths if rules[rule]}
    beside: dict[_Path, set[_Path]] = {}
    for path in paths.values():
        beginning = path[: level + 1]
        if len(path) > level and _is_literal(path[level]) and beginning not in kept:
            beside.setdefault(path[:level], set()).add(beginning)
    limit = ROOT_LIMIT if level == 1 else SEGMENT_LIMIT
    for beginnings in beside.values():
        if len(beginnings) > limit:
            yield from beginnings


def _is_literal(segment: str) -> bool:
    """Tell whether a segment names something: the nothing behind a trailing slash does not."""
    return segment != "" and "<" not in segment


def _variable(parent: _Path) -> str:
    number = 1 + sum(segment.startswith("<str") for segment in parent)
    return "<str>" if number == 1 else f"<str{number}>"
