"""The table `url_map`: the declared rules of each label and source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from flask_status_cli.model import RuleSource
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.statements.prepared import Prepared

if TYPE_CHECKING:
    from flask_status_cli.model import UrlMap

PRECEDENCE: Final = (RuleSource.APP, RuleSource.FILE, RuleSource.HAND)
"""The order in which the rules of the sources are matched: the rules of the app first."""

FORMER: Final = "app before"
"""The value of the column `source` under which the earlier map of an app is stored."""

NO_MAP: Final = ""
"""The document that says that there was no earlier map."""


_LABELS: Final = Prepared("SELECT DISTINCT label FROM url_map ORDER BY label")


def labels(connection: Connection) -> list[str]:
    """Return the labels for which rules are declared."""
    found: list[str] = connection.column(_LABELS)
    return found


def version(connection: Connection) -> int:
    """Return a number that grows whenever a rule is declared or removed."""
    return key_values.read(connection, NumberName.RULES)


def read(connection: Connection, label: str) -> dict[RuleSource, UrlMap]:
    """Return the URL maps of a label by source, in the order in which they are matched."""
    documents = dict(connection.rows(compiled.URL_MAPS, of_label=label))
    return {
        source: _loaded(documents[source.value])
        for source in PRECEDENCE
        if source.value in documents
    }


def read_one(connection: Connection, label: str, source: RuleSource) -> UrlMap | None:
    """Return the URL map of one source, `None` if there is none. That case is fast."""
    document = _document(connection, label, source.value)
    return None if document is None else _loaded(document)


def write(connection: Connection, label: str, source: RuleSource, declared: UrlMap | None) -> bool:
    """Replace the URL map of a source, or delete it if `declared` is `None`; return whether it has changed.

    The earlier map of an app is stored for `former`.
    """
    import json

    from flask_status_cli.routes import to_document

    before = _document(connection, label, source.value)
    document = None if declared is None else json.dumps(to_document(declared), sort_keys=True)
    if before == document:
        return False
    _put(connection, label, source.value, document)
    if source is RuleSource.APP:
        _put(connection, label, FORMER, before or NO_MAP)
    key_values.add(connection, NumberName.RULES, 1)
    return True


def former(connection: Connection, label: str) -> tuple[bool, UrlMap | None]:
    """Return whether the map of an app was ever replaced, and the earlier map, `None` if there was none."""
    document = _document(connection, label, FORMER)
    if document is None or document == NO_MAP:
        return document is not None, None
    return True, _loaded(document)


def _loaded(document: str) -> UrlMap:
    """Decode a URL map. The import is here because most ingests have no declared rules."""
    import json

    from flask_status_cli.routes import from_document

    return from_document(json.loads(document), where="the database")


def _document(connection: Connection, label: str, source: str) -> str | None:
    found: str | None = connection.value(compiled.URL_MAP, of_label=label, of_source=source)
    return found


def _put(connection: Connection, label: str, source: str, document: str | None) -> None:
    connection.change(compiled.DROP_URL_MAP, of_label=label, of_source=source)
    if document is not None:
        connection.change(compiled.ADD_URL_MAP, label=label, source=source, document=document)


def hidden(maps: Mapping[RuleSource, UrlMap]) -> frozenset[str]:
    """Return the rules that are declared as hidden."""
    return frozenset(rule.rule for one in maps.values() for rule in one.rules if rule.hidden)
