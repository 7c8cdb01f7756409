"""What the parts of a `Store` need from the store: its transactions, and its routes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from flask_status_cli.model import IncidentsToFreeze
    from flask_status_cli.store.database.connection import Connection
    from flask_status_cli.store.routes.route_book import RouteBook

T = TypeVar("T")


class Writable(ABC):
    """A database that can be written. The other parts of a `Store` call these methods."""

    @property
    @abstractmethod
    def _book(self) -> RouteBook:
        """The routes of the database."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """Return a context manager that is one writing transaction."""

    @abstractmethod
    def _write(self, work: Callable[[Connection], T], *, connection: Connection | None = None) -> T:
        """Call `work` in a transaction; return its result. If the connection was lost, call it again.

        With a `connection`, the transaction is one of it.
        """

    @abstractmethod
    def _write_last(self, work: Callable[[Connection], None]) -> None:
        """Call `work` at the end of the transaction that is open. If none is, do the same as `_write`."""

    @abstractmethod
    def follow(self) -> None:
        """Move the counts of merged routes to the routes that they were merged into."""

    @abstractmethod
    def _freeze(self, label: str, moved: Mapping[str, str]) -> IncidentsToFreeze:
        """Return what becomes of the announced incidents of rules that are merged.

        `moved` has the new rule of each old one.
        """
