"""Turns raw counts into counts by minute, route and status code. Each pair has a small number, its code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from flask_status_cli.model import MinuteCounts
from flask_status_cli.model.duration_buckets import CODES

MOST_KEYS = 100_000
"""With more pairs (rule, status) than this the table is renewed, so that memory is limited under attack."""

NO_DURATIONS: Mapping[int, Mapping[int, int]] = MappingProxyType({})

RuleOf = Callable[[str | None, str | None], str]
"""Returns the rule of a request by method and target, which are `None` if the request line is broken."""


CodeOfHost = Callable[[str | None, str | None, str | None, int], int]
"""Returns the code of a request by virtual host, method, target and status."""

_CUT = "\n"


class Tally:
    """Gives every (rule, status) of one label a code, beginning with 0.

    `rule_of` returns the rule of a request by method and target, `rule_of_path` by a plain path alone, where
    that is enough. `crowded` says that the table should be renewed; earlier codes are invalid after
    `renew()`. `renewals` counts how often that was done.
    """

    def __init__(
        self, rule_of: RuleOf, *, label: str = "", rule_of_path: Callable[[str], str] | None = None
    ) -> None:
        self._rule_of = rule_of
        self._rule_of_path = rule_of_path
        self._label = label
        self.renewals = 0
        self._codes: dict[tuple[str, int], int] = {}
        self._keys: list[tuple[str, int]] = []  # the same in order, as far as it was asked for

    def code(self, method: str | None, target: str | None, status: int) -> int:
        """Return the code of a request."""
        return self._codes.setdefault((self._rule_of(method, target), status), len(self._codes))

    @property
    def code_of_path(self) -> Callable[[str, int], int] | None:
        """Return what gives the code of a request by path and status alone, where these decide its rule."""
        rule_of_path = self._rule_of_path
        if rule_of_path is None:
            return None
        decides = rule_of_path

        def code(path: str, status: int) -> int:
            return self._codes.setdefault((decides(path), status), len(self._codes))

        return code

    @property
    def code_of_host(self) -> CodeOfHost | None:
        """Return what gives the code of a request with its virtual host, where that makes the label."""
        return None

    @property
    def keys(self) -> tuple[tuple[str, int], ...]:
        """The pairs that the codes stand for, in the order of the codes."""
        return self.keys_from(0)

    def keys_from(self, code: int) -> tuple[tuple[str, int], ...]:
        """Return the pairs that the codes from this one on stand for."""
        return tuple(islice(self._codes, code, None))

    def codes(self, keys: Iterable[tuple[str, int]]) -> list[int]:
        """Return our codes for the keys of another tally."""
        return [self._codes.setdefault(key, len(self._codes)) for key in keys]

    def counts(
        self,
        minutes: Mapping[int, Mapping[int, int]],
        durations: Mapping[int, Mapping[int, int]] = NO_DURATIONS,
    ) -> MinuteCounts:
        """Return counted codes as counts for the store."""
        self._keys.extend(islice(self._codes, len(self._keys), None))
        return MinuteCounts(self._label, self._keys, minutes, durations)

    def by_label(
        self,
        minutes: Mapping[int, Mapping[int, int]],
        durations: Mapping[int, Mapping[int, int]] = NO_DURATIONS,
    ) -> tuple[MinuteCounts, ...]:
        """Return counted codes as counts for the store, those of each label; ours come first."""
        return (self.counts(minutes, durations),)

    @property
    def crowded(self) -> bool:
        """Whether the table has grown beyond its limit."""
        return len(self._codes) > MOST_KEYS

    def renew(self) -> None:
        """Forget every code."""
        self.renewals += 1
        self._codes = {}
        self._keys = []


class HostTally(Tally):
    """Gives every (label, rule, status) a code. The label is made of the virtual host of a request.

    `label_of` returns the label of a host, `rules_of` what finds the rules of a label. Requests without a
    host have our own label. The rule in a key is written behind its label and a line end, which no label has.
    """

    def __init__(
        self,
        rules_of: Callable[[str], RuleOf],
        label_of: Callable[[str], str],
        *,
        label: str = "",
    ) -> None:
        super().__init__(rules_of(label), label=label)
        self._rules_of = rules_of
        self._label_of = label_of

    def code(self, method: str | None, target: str | None, status: int) -> int:
        """Return the code of a request without a host."""
        return self._of_host(None, method, target, status)

    @property
    def code_of_host(self) -> CodeOfHost:
        """Return what gives the code of a request with its virtual host."""
        return self._of_host

    def _of_host(
        self, host: str | None, method: str | None, target: str | None, status: int
    ) -> int:
        label = self._label if host is None else self._label_of(host)
        rule = self._rules_of(label)(method, target)
        return self._codes.setdefault((f"{label}{_CUT}{rule}", status), len(self._codes))

    def by_label(
        self,
        minutes: Mapping[int, Mapping[int, int]],
        durations: Mapping[int, Mapping[int, int]] = NO_DURATIONS,
    ) -> tuple[MinuteCounts, ...]:
        """Return the counts of each label, ours first, the others in the order in which they were met."""
        keys = self.keys
        parts = {self._label: _Part()}
        placed: dict[int, tuple[_Part, int]] = {}
        for code in sorted(set().union(*minutes.values())):
            (both, status) = keys[code]
            label, _, rule = both.partition(_CUT)
            part = parts.setdefault(label, _Part())
            placed[code] = part, part.code((rule, status))
        for minute, row in minutes.items():
            for code, requests in row.items():
                part, own = placed[code]
                part.minutes.setdefault(minute, {})[own] = requests
        for hour, cells in durations.items():
            for key, requests in cells.items():
                bucket, code = divmod(key, CODES)
                part, own = placed[code]
                part.durations.setdefault(hour, {})[bucket * CODES + own] = requests
        return tuple(
            MinuteCounts(label, part.keys, part.minutes, part.durations)
            for label, part in parts.items()
        )


class _Part:
    """The counts of one label."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, int]] = []
        self.minutes: dict[int, dict[int, int]] = {}
        self.durations: dict[int, dict[int, int]] = {}

    def code(self, key: tuple[str, int]) -> int:
        self.keys.append(key)
        return len(self.keys) - 1


class Translation:
    """Our codes for those of another tally, whose keys become known bit by bit."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._renewals = tally.renewals
        self._keys: list[tuple[str, int]] = []
        self._codes: list[int] = []

    def codes(self, more: Iterable[tuple[str, int]], *, anew: bool) -> Sequence[int]:
        """Return our code for each of the other's, of which these are the next; `anew` after its renewal."""
        if anew:
            self._keys, self._codes = [], []
        if self._renewals != self._tally.renewals:
            self._renewals, self._codes = self._tally.renewals, self._tally.codes(self._keys)
        more = tuple(more)
        self._keys += more
        self._codes += self._tally.codes(more)
        return self._codes
