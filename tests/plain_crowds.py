"""Crowds as the design has them, told plainly and slowly: what a fast implementation is held against.

Everything is worked out anew from the set of answering paths, by the sentences of docs/routes.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from fnmatch import fnmatchcase

Path = tuple[str, ...]
LETTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def slug_like(segment: str) -> bool:
    """A plain word: at most 20 characters, letters and underscores, one extension or second part at most."""
    parts = segment.replace("-", ".").split(".")
    words = all(part and set(part) <= LETTERS | {"_"} for part in parts)
    return not (len(segment) <= 20 and len(parts) <= 2 and words and segment[0] in LETTERS)


class PlainCrowds:
    """The routes of a set of answering paths, with so many slugs and words that one parent may have."""

    def __init__(
        self,
        answering: Collection[str],
        *,
        slugs: int = 20,
        words: int = 500,
        pins: Collection[str] = (),
        keep: Collection[str] = (),
    ) -> None:
        self.keep = keep
        self.pinned = {path for pin in pins for path in _leading(pin)}
        self.kinds: set[tuple[Path, str]] = set()
        paths = {tuple(path.split("/")) for path in answering if not self.kept(path)}
        while True:
            routes = {self._folded(path) for path in paths}
            kinds = {(self._folded(parent), kind) for parent, kind in self.kinds}
            below: dict[tuple[Path, str], set[str]] = defaultdict(set)
            for route in routes:
                for place in range(1, len(route)):
                    kind = self._kind(route[:place], route[place])
                    if kind:
                        below[route[:place], kind].add(route[place])
            for (parent, kind), segments in below.items():
                under_root = kind == "str" and len(parent) == 1
                if not under_root and len(segments) > (slugs if kind == "slug" else words):
                    kinds.add((parent, kind))
            if kinds == self.kinds:
                break
            self.kinds = kinds

    def kept(self, path: str) -> bool:
        return any(fnmatchcase(path, glob) for glob in self.keep)

    def rule(self, path: str) -> str:
        """The rule of a path: the second `<slug>` in it is `<slug2>`."""
        if self.kept(path):
            return path
        names: list[str] = []
        for name in self._folded(tuple(path.split("/"))):
            again = sum(each.rstrip("0123456789>") == name[:-1] for each in names)
            crowd = name in {"<slug>", "<str>"}
            names.append(f"{name[:-1]}{again + 1}>" if crowd and again else name)
        return "/".join(names)

    def _kind(self, parent: Path, segment: str) -> str:
        if segment == "" or "<" in segment or (*parent, segment) in self.pinned:
            return ""
        return "slug" if slug_like(segment) else "str"

    def _folded(self, path: Path) -> Path:
        out: Path = ()
        for segment in path:
            kind = self._kind(out, segment) if out else ""
            out += (f"<{kind}>" if kind and (out, kind) in self.kinds else segment,)
        return out


def _leading(rule: str) -> list[Path]:
    segments = rule.split("/")
    found = []
    for place in range(2, len(segments) + 1):
        if segments[place - 1].startswith(("<slug", "<str")):
            break
        found.append(tuple(segments[:place]))
    return found
