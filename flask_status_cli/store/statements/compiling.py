"""Generates the modules `compiled…` with the statements and tables.

Run `python -m flask_status_cli.store.statements.compiling` after a change of the definitions or tables.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sqlalchemy import BindParameter, Boolean, Executable, ReturnsRows
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from flask_status_cli.store.postgresql import dialect as postgresql
from flask_status_cli.store.schema.column_types import Encoded
from flask_status_cli.store.schema.tables import METADATA
from flask_status_cli.store.statements import (
    crowd_definitions,
    definitions,
    duration_definitions,
    host_definitions,
)
from flask_status_cli.store.statements.builders import SettingStatement, adding

STATEMENTS: Final = '''"""The statements of an ingest as texts for SQLite. `compiling` generates them."""
# fmt: off
# ruff: noqa: E501

from typing import Final

from flask_status_cli.store.schema.encoding import (
{encodings}
)
from flask_status_cli.store.statements.prepared import Additive, Prepared
'''

TABLES: Final = '''"""The statements that create the tables of {engine}. `compiling` generates them."""
# fmt: off
# ruff: noqa: ISC004

from typing import Final

TABLES: Final = (
'''

WIDTH: Final = 260
"""The generated lines are at most this long."""

ADDITIVE: Final = {**definitions.ADDITIVE, **duration_definitions.ADDITIVE}

_IMPORT: Final = re.compile(r"from \S+ import \(\s+\)\n")

_LIST: Final = re.compile(r"__\[POSTCOMPILE_(\w+)\]")


class _Compiler(SQLiteCompiler):
    """Writes constant values into the text of a statement. All other values become named parameters."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kwargs: Any) -> str:
        """Return the text of one value or parameter."""
        asked = bindparam.required or bindparam.value is None
        write: Any = super().visit_bindparam if asked else self.render_literal_bindparam
        text: str = write(bindparam, *(args if asked else ()), **kwargs)
        return text


class _Dialect(SQLiteDialect_pysqlite):
    statement_compiler = _Compiler
    supports_statement_cache = False


def statements_module() -> str:
    """Return the text of `compiled`."""
    return _module((definitions, crowd_definitions), definitions.ADDITIVE)


def durations_module() -> str:
    """Return the text of `compiled_durations`."""
    return _module((duration_definitions,), duration_definitions.ADDITIVE)


def hosts_module() -> str:
    """Return the text of `compiled_hosts`."""
    return _module((host_definitions,), ()).replace("import Additive, Prepared", "import Prepared")


def _module(modules: Iterable[ModuleType], additive: Iterable[str]) -> str:
    names: set[str] = set()
    parts = [_prepared(name, each, names) for name, each in _all_statements(modules)]
    parts += [_additive(name) for name in additive]
    head = STATEMENTS.format(encodings="\n".join(f"    {name}," for name in sorted(names)))
    if not names:
        head = _IMPORT.sub("", head)
    return f"{head}\n{''.join(parts)}"


def _all_statements(
    modules: Iterable[ModuleType],
) -> Iterator[tuple[str, Executable | SettingStatement]]:
    for module in modules:
        for name, found in vars(module).items():
            public = name.isupper() and not name.startswith("_")
            if public and isinstance(found, (Executable, SettingStatement)):
                yield name, found


def _prepared(name: str, found: Executable | SettingStatement, names: set[str]) -> str:
    statement, columns = found if isinstance(found, SettingStatement) else (found, ())
    compiled: Any = statement.compile(  # type: ignore[attr-defined]  # every statement of ours is a clause
        dialect=_Dialect(paramstyle="named"), column_keys=list(columns) if columns else None
    )
    encode = [
        f'("{bind}", {coding})'
        for bind, value in compiled.binds.items()
        if f":{bind}" in str(compiled) and (coding := _coding(value.type, "encode"))
    ]
    decode = []
    if isinstance(statement, ReturnsRows):
        decode = [
            f"({place}, {coding})"
            for place, column in enumerate(statement.exported_columns)
            if (coding := _coding(column.type, "decode"))
        ]
    names.update(
        part.rpartition(" ")[2].rstrip(")") for part in (*encode, *decode) if "bool)" not in part
    )
    text, numbers = _with_numbers(str(compiled))
    lines = [*_text(text), *_codings("encode", encode), *_codings("decode", decode), *numbers]
    return f"{name}: Final = Prepared(\n" + "".join(f"    {line}\n" for line in lines) + ")\n"


def _with_numbers(sql: str) -> tuple[str, list[str]]:
    """Return the text of a statement, and the argument `numbers=…` if it has a list of numbers."""
    found = _LIST.search(sql)
    if found is None:
        return sql, []
    return _LIST.sub(r":\1", sql), [f'numbers="{found[1]}",']


def _coding(kind: object, direction: str) -> str | None:
    """Return the name of the function that encodes or decodes values of a column, `None` if there is none."""
    if isinstance(kind, Encoded):
        coding: str = getattr(type(kind), direction).__name__
        return coding
    return "bool" if isinstance(kind, Boolean) and direction == "decode" else None


def _text(sql: str) -> list[str]:
    words = " ".join(sql.split())
    pieces = textwrap.wrap(words, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    quoted = [f"{piece} " for piece in pieces[:-1]] + pieces[-1:]
    return [*(_quoted(piece) for piece in quoted[:-1]), f"{_quoted(quoted[-1])},"]


def _quoted(text: str) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    )
    return f'"{escaped}"'


def _codings(word: str, codings: Iterable[str]) -> list[str]:
    found = list(codings)
    return [f"{word}=({', '.join(found)},),"] if found else []


def _additive(name: str) -> str:
    sql = str(adding(ADDITIVE[name]).compile(dialect=_Dialect(paramstyle="qmark")))
    words = " ".join(sql.split())
    head, _, rest = words.partition("(?")
    marks, _, tail = rest.partition(")")
    parts = (head, f"(?{marks})", tail)
    return f"{name}: Final = Additive(\n" + "".join(f"    {_quoted(p)},\n" for p in parts) + ")\n"


def tables_module() -> str:
    """Return the text of `compiled_tables`."""
    made: list[Any] = []
    for table in METADATA.sorted_tables:
        made.append(CreateTable(table))
        made += [CreateIndex(index) for index in sorted(table.indexes, key=lambda i: str(i.name))]
    return _tables("SQLite", (str(each.compile(dialect=_Dialect())) for each in made))


def postgresql_tables_module() -> str:
    """Return the text of `compiled_tables_postgresql`."""
    return _tables("PostgreSQL", postgresql.table_statements())


def _tables(engine: str, texts: Iterable[str]) -> str:
    lines = [f"    {line}\n" for text in texts for line in _table(text.strip("\n"))]
    return f"{TABLES.format(engine=engine)}{''.join(lines)})\n"


def _table(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    return [*map(_quoted, lines[:-1]), f"{_quoted(lines[-1])},"]


if __name__ == "__main__":
    here = Path(__file__).parent
    (here / "compiled.py").write_text(statements_module())
    (here / "compiled_durations.py").write_text(durations_module())
    (here / "compiled_hosts.py").write_text(hosts_module())
    (here / "compiled_tables.py").write_text(tables_module())
    (here / "compiled_tables_postgresql.py").write_text(postgresql_tables_module())
