"""The output of commands that declare rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_status_cli.model import UNMATCHED, Declaration
from flask_status_cli.model.route.url_rules import DroppedMark, MovedRequests
from flask_status_cli.render.escape import printable

SHOWN = 5
"""At most this many rules are named, those with the most requests."""

MOVES_SHOWN = 40
"""At most this many moves of a dry run are listed, those with the most requests."""


def lines(done: Declaration) -> Iterator[str]:
    """Yield the result of a declaration, line by line."""
    changes = [
        f"{len(rules):,} {word}"
        for rules, word in ((done.added, "new"), (done.changed, "changed"), (done.left, "gone"))
        if rules
    ]
    noun = "route" if done.rules == 1 else "routes"
    yield f"{done.rules:,} {noun} declared: {', '.join(changes) or 'nothing has changed'}"
    if done.moved:
        requests = _requests(done.moved)
        verb = "was" if done.moved == 1 else "were"
        yield f"Moved to them: {requests} that {verb} counted before"
    if done.undone:
        yield from _moves(done.moves)
    left = [
        (done.unclear, "that several declared rules may match"),
        (done.foreign, "without a declared rule"),
    ]
    for rules, which in left:
        if rules:
            requests = _requests(sum(rules.values()))
            yield f"Left where they were counted: {requests} {which} ({_named(rules)})"
    if done.unknown:
        yield f"Left in <unmatched>: {_requests(done.unknown)}, whose paths are not kept"
    yield from map(_dropped, done.dropped)
    if done.undone:
        yield "Nothing was stored: this was a dry run"


def added(rule: str, done: Declaration) -> Iterator[str]:
    """Yield the result of declaring one rule by hand, line by line."""
    what = "added" if done.added else "changed" if done.changed else "nothing has changed"
    yield f"{printable(rule)}: {what}"
    if done.moved:
        requests = _requests(done.moved)
        yield f"Moved to it: {requests} that {'was' if done.moved == 1 else 'were'} counted before"
    yield from map(_dropped, done.dropped)


def _moves(moves: Sequence[MovedRequests]) -> Iterator[str]:
    for move in moves[:MOVES_SHOWN]:
        rule = "paths that never answered" if move.rule == UNMATCHED else printable(move.rule, 80)
        yield f"  {rule} -> {printable(move.to, 80)}: {_requests(move.requests)}"
    rest = moves[MOVES_SHOWN:]
    if rest:
        yield f"  {len(rest):,} more: {_requests(sum(move.requests for move in rest))}"


def _dropped(mark: DroppedMark) -> str:
    rule, to = printable(mark.rule, 80), printable(mark.to, 80)
    return f"Dropped: the {mark.mark.value} of {rule}, because {to} has other requests, too"


def _requests(number: int) -> str:
    return f"{number:,} request" + ("" if number == 1 else "s")


def _named(rules: Mapping[str, int]) -> str:
    first = sorted(rules, key=lambda rule: (-rules[rule], rule))[:SHOWN]
    named = ", ".join(printable(rule, 80) for rule in first)
    more = len(rules) - len(first)
    return f"{named} and {more:,} more" if more else named
