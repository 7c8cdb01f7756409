"""Gives each pair (rule, status) a small number, its code, and makes counts of counted codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from flask_status_cli.model import UNMATCHED, MinuteCounts
from flask_status_cli.model.duration_buckets import CODES

MOST_KEYS = 120_000
"""With more pairs (rule, status) than this, the codes are renewed, because clients could fill the memory."""

NO_DURATIONS: Mapping[int, Mapping[int, int]] = MappingProxyType({})

RuleOf = Callable[[str | None, str | None], str]
"""A function that returns the rule of a method and a target, both `None` for a broken request line."""


CodeOfHost = Callable[[str | None, str | None, str | None, int], int]
"""A function that returns the code of a virtual host, a method, a target and a status."""

_CUT = "\n"
"""Separates label and rule in the keys of a `HostTally`. No label has a line end."""


class Tally:
    """Gives every pair (rule, status) of one label a code, from 0 on. Each process that counts makes one.

    - `rule_of`: returns the rule of a method and a target.
    - `rule_of_path`: returns the rule of a plain path, `None` if the method may decide, too.
    - `discover`: whether that is the rule made from the path. If not, all plain paths have the same rule.
    - `renewals`: how often the codes were renewed. A code is only valid until the next `renew()`.
    """

    def __init__(
        self,
        rule_of: RuleOf,
        *,
        label: str = "",
        rule_of_path: Callable[[str], str] | None = None,
        discover: bool = True,
    ) -> None:
        self._rule_of = rule_of
        self._rule_of_path = rule_of_path
        self._discover = discover
        self._label = label
        self.renewals = 0
        self._codes: dict[tuple[str, int], int] = {}
        self._keys: list[tuple[str, int]] = []  # the pairs by code, up to the last call of `counts`

    def code(self, method: str | None, target: str | None, status: int) -> int:
        """Return the code of a request."""
        return self._codes.setdefault((self._rule_of(method, target), status), len(self._codes))

    @property
    def code_of_path(self) -> Callable[[str, int], int] | None:
        """A function that returns the code of a path and a status, `None` if the method may decide, too."""
        rule_of_path = self._rule_of_path
        if rule_of_path is None:
            return None
        path_rule = rule_of_path

        def code(path: str, status: int) -> int:
            return self._codes.setdefault((path_rule(path), status), len(self._codes))

        return code

    def codes_of_discovered(self, keys: Iterable[tuple[str, int]]) -> list[int]:
        """Return the codes of pairs of a rule made from a path, and a status; see `rule_of_path`."""
        if self._discover:
            return self.codes(keys)
        return self.codes((UNMATCHED, status) for _, status in keys)

    @property
    def code_of_host(self) -> CodeOfHost | None:
        """A function that returns the code of a request with its host, `None` if hosts do not matter."""
        return None

    @property
    def keys(self) -> tuple[tuple[str, int], ...]:
        """The pairs (rule, status) of all codes, in the order of the codes."""
        return self.keys_from(0)

    def keys_from(self, code: int) -> tuple[tuple[str, int], ...]:
        """Return the pairs (rule, status) of the codes from `code` on, in the order of the codes."""
        return tuple(islice(self._codes, code, None))

    def codes(self, keys: Iterable[tuple[str, int]]) -> list[int]:
        """Return the codes of these pairs (rule, status)."""
        codes = self._codes
        return [codes.setdefault(key, len(codes)) for key in keys]

    def counts(
        self,
        minutes: Mapping[int, Mapping[int, int]],
        durations: Mapping[int, Mapping[int, int]] = NO_DURATIONS,
    ) -> MinuteCounts:
        """Return the counts for the store. `minutes` and `durations` have codes as in `MinuteCounts`."""
        self._keys.extend(islice(self._codes, len(self._keys), None))
        return MinuteCounts(self._label, self._keys, minutes, durations)

    def by_label(
        self,
        minutes: Mapping[int, Mapping[int, int]],
        durations: Mapping[int, Mapping[int, int]] = NO_DURATIONS,
    ) -> tuple[MinuteCounts, ...]:
        """Return the counts for the store label by label, this tally's own label first."""
        return (self.counts(minutes, durations),)

    @property
    def crowded(self) -> bool:
        """Whether there are so many codes that they should be renewed."""
        return len(self._codes) > MOST_KEYS

    def renew(self) -> None:
        """Forget all codes, and begin with 0 again."""
        self.renewals += 1
        self._codes = {}
        self._keys = []


class HostTally(Tally):
    """Gives every (label, rule, status) a code. The label of a request is made of its virtual host.

    - `label_of`: returns the label of a host.
    - `rules_of`: returns the `rule_of` function of a label.
    - `label`: the label of requests without a host.

    The keys are (label, line end and rule in one text; status).
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
        """A function that returns the code of a request with its virtual host."""
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
        """Return the counts for the store label by label: the own label first, then by code."""
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
    """The counts of one label, with codes of their own."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, int]] = []
        self.minutes: dict[int, dict[int, int]] = {}
        self.durations: dict[int, dict[int, int]] = {}

    def code(self, key: tuple[str, int]) -> int:
        self.keys.append(key)
        return len(self.keys) - 1


class Translation:
    """Translates the codes of another tally into those of `tally`. The other tally's keys arrive in parts."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._renewals = tally.renewals
        self._keys: list[tuple[str, int]] = []
        self._codes: list[int] = []

    def codes(self, more: Iterable[tuple[str, int]], *, anew: bool) -> Sequence[int]:
        """Return the code of each key that arrived so far, including the next ones in `more`.

        `anew` says that the other tally has renewed its codes, so that earlier keys are forgotten.
        """
        if anew:
            self._keys, self._codes = [], []
        if self._renewals != self._tally.renewals:
            self._renewals, self._codes = self._tally.renewals, self._tally.codes(self._keys)
        more = tuple(more)
        self._keys += more
        self._codes += self._tally.codes(more)
        return self._codes
