"""Finds by the first segment of a path that no declared rule can match it.

In a scan of a site nearly all paths are such. To match each with the URL map takes ten times as long as to
count it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_status_cli.model import UrlMap


def first_segments(maps: Iterable[UrlMap], prefixes: Sequence[str] = ()) -> frozenset[str] | None:
    """Return the first segments of the paths that the rules may match; `None` if they may match any path.

    `prefixes` replace the prefixes of the maps. The empty segment is always among them, because werkzeug
    removes slashes at the beginning of a path. It is `None` also if a first segment is a number, because
    numbers are not told apart where plain paths are read.
    """
    maps = list(maps)
    named = tuple(prefixes) or tuple(prefix for one in maps for prefix in one.prefixes)
    texts = [prefix.rstrip("/") for prefix in named]
    if not texts or not all(texts):
        texts += [rule.rule for one in maps for rule in one.rules]
    found = frozenset({"", *(text.split("/", 2)[1] for text in texts if text.startswith("/"))})
    if any("<" in segment or segment.isdigit() for segment in found):
        return None
    return found
