"""The queries of an ingest before it reads a log: streams, digests of lines, paths, and declared rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from flask_status_cli.store.database.open_database import OpenDatabase
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.streams import checkpoints, line_digests

if TYPE_CHECKING:
    from flask_status_cli.model import InputFact, LineSample, RuleSource, Stream, UrlMap
    from flask_status_cli.model.log.checkpoints import PackedStream
    from flask_status_cli.model.route.url_rules import AnsweredRule


class Lookups(OpenDatabase):
    """The methods of a `Store` that only read.

    Modules that most runs do not need are imported in the methods.
    """

    def streams(self, head: bytes) -> list[Stream]:
        """Return the streams whose first line has this digest, the longest first."""
        with translated(self._path):
            return checkpoints.find(self._connection, head)

    def streams_of_other_hosts(self, head: bytes) -> list[tuple[str, Stream]]:
        """Return the streams of other hosts with this first line, each with the name of its host."""
        from flask_status_cli.store.streams import hosts

        with translated(self._path):
            return hosts.of_other_hosts(self._connection, head)

    def known_heads(self, heads: Sequence[bytes]) -> set[bytes]:
        """Return those of these digests that are the first line's of a stream of any host.

        At most `MOST_STREAMS` can be given.
        """
        with translated(self._path):
            return checkpoints.known_heads(self._connection, heads)

    def packed_streams(self, numbers: Sequence[int]) -> dict[int, PackedStream]:
        """Return those of these streams that alone have their first line, by number."""
        with translated(self._path):
            return checkpoints.packed(self._connection, numbers)

    def heads(self) -> set[bytes]:
        """Return the digests of the first lines of all streams."""
        with translated(self._path):
            return checkpoints.heads(self._connection)

    def stream(self, number: int) -> Stream | None:
        """Return the stream with this number, `None` if there is none."""
        with translated(self._path):
            return checkpoints.get(self._connection, number)

    def oldest(self) -> int | None:
        """Return the first epoch minute with requests, or the start of its quarter if minutes were pruned."""
        from flask_status_cli.store.counts import upsert

        with translated(self._path):
            return upsert.oldest(self._connection)

    def has_pipes(self) -> bool:
        """Return whether there is a stream that may be several logs in one."""
        with translated(self._path):
            return line_digests.any_kept(self._connection)

    def pipe_heads(self) -> dict[bytes, bytes]:
        """Return the first print of each pipe's stream, by the digest of its first line."""
        with translated(self._path):
            return line_digests.pipe_heads(self._connection)

    def is_pipe(self, number: int) -> bool:
        """Return whether a stream may be several logs in one."""
        with translated(self._path):
            return line_digests.any_kept(self._connection, number)

    def find_lines(self, lines: Sequence[bytes]) -> list[tuple[bytes, int, int]]:
        """Return where streams have these lines, given by their digests: (digest, stream, position)."""
        with translated(self._path):
            return line_digests.find(self._connection, lines)

    def sampled_lines(self, number: int) -> tuple[Stream, LineSample] | None:
        """Return a stream with the digests of its lines, `None` if none of its lines are kept."""
        with translated(self._path):
            return line_digests.stream_with_digests(self._connection, number)

    def counted(self, minutes: Collection[int]) -> Mapping[int, Mapping[int, int]]:
        """Return the requests of each of these minutes by status. Minutes that may be pruned are left out."""
        from flask_status_cli.store.counts import counted_requests

        with translated(self._path):
            return counted_requests.of_minutes(self._connection, minutes)

    def inputs(self) -> list[InputFact]:
        """List the recorded state of every path, sorted by path."""
        with translated(self._path):
            return checkpoints.get_inputs(self._connection)

    def url_maps(self, label: str) -> tuple[UrlMap, ...]:
        """Return the declared rules of a label, a map for each source, in the order of matching."""
        from flask_status_cli.store.routes import declarations

        with translated(self._path):
            return tuple(declarations.read(self._connection, label).values())

    def labels_with_rules(self) -> list[str]:
        """Return the labels for which rules are declared."""
        from flask_status_cli.store.routes import declarations

        with translated(self._path):
            return declarations.labels(self._connection)

    def url_map(self, label: str, source: RuleSource) -> UrlMap | None:
        """Return the rules that a source has declared for a label, `None` if it has declared none."""
        from flask_status_cli.store.routes import declarations

        with translated(self._path):
            return declarations.read_one(self._connection, label, source)

    def rules_version(self) -> int:
        """Return a number that grows whenever a rule is declared or removed."""
        from flask_status_cli.store.routes import declarations

        with translated(self._path):
            return declarations.version(self._connection)

    def former_url_map(self, label: str) -> tuple[bool, UrlMap | None]:
        """Return whether the map of an app was ever replaced, and the earlier map, `None` for none."""
        from flask_status_cli.store.routes import declarations

        with translated(self._path):
            return declarations.former(self._connection, label)

    def answered(self, label: str, *, days: int) -> list[AnsweredRule]:
        """Return the requests of each rule of a label in the last `days` days, without 4xx, most first."""
        from flask_status_cli.store.queries import answered_rules

        with translated(self._path):
            return answered_rules.by_rule(self._connection, label, days=days)
