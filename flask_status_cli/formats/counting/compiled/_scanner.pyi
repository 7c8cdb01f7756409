"""The interface of `scanner.h`, which is compiled when the package is installed."""

from collections.abc import Callable, Mapping

def absorb(
    mine: Mapping[int, Mapping[int, int]],
    theirs: Mapping[int, Mapping[int, int]],
    codes: list[int],
    /,
) -> None:
    """Add the counts of another counter by minute and code; `codes` are our codes for theirs."""

def records_of(minutes: list[int | None], codes: list[int | None], buckets: list[int], /) -> bytes:
    """Return the records of lines with a duration; see `RecordedDurations`.

    Lines without a minute are left out, and those with a bucket below 0. `buckets` is a `BucketCache`.
    """

class Scanner:
    """Scans blocks of plain lines; `scan`, `fill` and `add` are called in this order for each block.

    - `opening`: the bytes between the seconds of a stamp and the key.
    - `steps`: how to find the duration behind the key; see `duration_steps`. Empty if there is none.
    - `whole`: whether the key is the rest of the line. If not, it ends with the status and a blank.
    - `separator`: the byte between the day and the time in a stamp.
    - `longest`: the bytes of the longest line that is not odd.
    - `most_keys`, `most_bytes`: the most keys that are remembered, and the most bytes of them.
    - `most_others`: the most prefixes that are remembered, and the most durations.
    - `secrets`: 16 random bytes for the hash tables.
    - `path_rules`: what the scanner must know to find the rules of plain requests: the text of a number
      segment and the path of static files in rules; the extensions of these; and the first segments of the
      paths that declared rules may match, with the empty one, if there are declared rules. The latter two
      have a zero byte after each.
      If it is `None`, Python reads all requests.
    """

    def __init__(
        self,
        *,
        opening: bytes,
        steps: bytes,
        whole: bool,
        separator: bytes,
        longest: int,
        most_keys: int,
        most_bytes: int,
        most_others: int,
        secrets: bytes,
        path_rules: tuple[bytes, bytes, bytes, bytes] | tuple[bytes, bytes, bytes] | None,
    ) -> None: ...
    def scan(self, block: bytes, /) -> tuple[int, list[bytes], list[bytes], list[bytes]]:
        """Take a block apart, which ends with a line end.

        Return the number of its lines, and the keys, prefixes and durations that are new.
        """

    def new_rules(self) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        """Return what is new of the plain requests in the block: (rule, status), and (path, status).

        The second list has paths of which the scanner cannot prove that they are rules. Numbers in them are
        replaced as in rules.
        """

    def fill(
        self,
        codes: list[int],
        verdicts: list[int],
        buckets: list[int],
        rules: list[int] = ...,
        /,
    ) -> int:
        """Take what the new texts mean; return the number of odd lines.

        - `codes`: the code of each key; -1 if it cannot be proven.
        - `verdicts`: 0 for each prefix that no entry may have, 1 for others, 2 for those to remember.
        - `buckets`: `CODES` times the bucket of each duration; any number below 0 for no duration.
        - `rules`: the codes of the new rules, followed by those of the new paths.
        """

    def odd_lines(self) -> bytes:
        """Return the odd lines of the block."""

    def add(
        self,
        minutes: Mapping[int, Mapping[int, int]],
        records: list[bytes],
        days: Mapping[bytes, int | None],
        minute_of: Callable[[bytes], int | None],
        note: Callable[[int, int], None],
        others: Callable[[int, bytes], None],
        /,
    ) -> tuple[int, int]:
        """Count the lines of the block; return the number of entries, and that of the last lines counted.

        - `minutes`: the dict to add to, as that of `Totals`.
        - `records`: a list that gets the records of the lines with a duration; see `RecordedDurations`.
        - `days`, `minute_of`: those of a `StampReader`.
        - `note`: called with the minutes of the first entry and of the newest one, before odd lines and
          at the end.
        - `others`: called as `Bulk` does, with the lines counted before and with odd lines.
        """

    def survey(
        self,
        days: Mapping[bytes, int | None],
        minute_of: Callable[[bytes], int | None],
        ends: list[int],
        begin: int = 0,
        /,
    ) -> list[tuple[int, int, int]]:
        """Find the times of several logs that were scanned as one block. `ends` says where each ends.

        The first log begins with the line that has the number `begin`.

        Return, for each log, the number of the line behind it, its oldest and its newest minute. The result
        ends before the first log with an odd line, or with a line without a minute.
        """

    def add_some(
        self,
        minutes: Mapping[int, Mapping[int, int]],
        records: list[bytes],
        days: Mapping[bytes, int | None],
        minute_of: Callable[[bytes], int | None],
        begin: int,
        end: int,
        /,
    ) -> None:
        """Count the lines with the numbers from `begin` up to `end`. None of them may be odd."""

    def forget(self) -> None:
        """Drop the codes of all keys."""
