"""Decides in little time whether the requests of a small log may have been counted before.

`duplicate_logs` compares a log with the counts in the database. Of small logs that share a transaction, the
counts would have to be stored one by one for that. This comparison also takes the counts that are gathered.
It only rules out: it looks at cells with equal numbers, of which two logs of the same requests have many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from flask_status_cli.model import MinuteCounts
from flask_status_cli.store.counts.duplicate_logs import LEAST_CELLS
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled

MOST_CELLS: Final = 100_000
"""With more cells than this, the cells that were read are forgotten."""

Place = tuple[str, int]
"""A rule after folding, and a status."""


class CountedCells:
    """The requests that one label has in the database, by cell, as far as they were needed.

    They are valid until counts are stored or routes are merged.
    """

    def __init__(self, connection: Connection, label: str) -> None:
        self._connection = connection
        self._label = label
        self._minutes: set[int] = set()
        self._cells: dict[tuple[int, int, int], int] = {}
        self._keys: Sequence[Place] = ()
        self._places: dict[int, tuple[Place, int | None]] = {}
        self._gathered: Mapping[Place, int] = {}
        self._codes: dict[Place, list[int]] = {}
        self._coded = 0

    def may_have(
        self,
        book: RouteBook,
        batch: MinuteCounts,
        codes: Mapping[Place, int],
        minutes: Mapping[int, Mapping[int, int]],
    ) -> bool:
        """Return whether enough cells of a batch are equal to what is stored and gathered together.

        `minutes` are the gathered counts of the label, and `codes` the codes that they are counted by.
        """
        cells: dict[tuple[int, Place], int] = {}
        routes: dict[Place, int | None] = {}
        for minute, row in batch.minutes.items():
            for code, requests in row.items():
                place, route = self._place(book, batch.keys, code)
                routes[place] = route
                cells[minute, place] = cells.get((minute, place), 0) + requests
        if len(cells) < LEAST_CELLS:
            return False
        self._read(batch.minutes)
        self._note(book, codes)
        left, equal = len(cells), 0
        for (minute, place), requests in cells.items():
            route, row = routes[place], minutes.get(minute, {})
            known = 0 if route is None else self._cells.get((minute, route, place[1]), 0)
            known += sum([row.get(code, 0) for code in self._codes.get(place, ())])
            equal += known == requests
            left -= 1
            if equal >= LEAST_CELLS:
                return True
            if equal + left < LEAST_CELLS:
                return False
        return False

    def _place(self, book: RouteBook, keys: Sequence[Place], code: int) -> tuple[Place, int | None]:
        """Return the place of a code of a batch, and the number of its route, `None` if it has none."""
        if keys is not self._keys:
            self._keys, self._places = keys, {}
        found = self._places.get(code)
        if found is None:
            rule, status = keys[code]
            folded = book.crowds(self._label).fold(rule)
            route = book.find(self._label, folded)
            found = self._places[code] = (folded, status), route
        return found

    def _note(self, book: RouteBook, codes: Mapping[Place, int]) -> None:
        """Find the places of those codes of the gathered counts that are new."""
        if codes is not self._gathered:
            self._gathered, self._codes, self._coded = codes, {}, 0
        if len(codes) == self._coded:
            return
        fold = book.crowds(self._label).fold
        for (rule, status), code in list(codes.items())[self._coded :]:
            self._codes.setdefault((fold(rule), status), []).append(code)
        self._coded = len(codes)

    def _read(self, minutes: Collection[int]) -> None:
        """Read the cells of these minutes, if they were not read yet."""
        if len(self._cells) > MOST_CELLS:
            self._cells, self._minutes = {}, set()
        new = sorted(set(minutes) - self._minutes)
        if not new:
            return
        self._minutes.update(new)
        found = self._connection.rows(compiled.CELLS_OF_MINUTES, of_minutes=new)
        self._cells.update(((minute, route, status), n) for minute, route, status, n in found)
