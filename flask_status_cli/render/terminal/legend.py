"""The legend of the table: the meaning of its squares and signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from flask_status_cli.model import Condition, NoData
from flask_status_cli.render.terminal.cell_text import CellWriter
from flask_status_cli.render.terminal.report_table import Table

GAP = "   "


def lines(table: Table, ink: CellWriter) -> Iterator[Text]:
    """Yield the meanings of the squares, the reasons for no data, and the columns that are left out."""
    line = Text()
    for entry in _entries(table, ink):
        if line and line.cell_len + len(GAP) + entry.cell_len > table.width:
            yield line
            line = Text()
        line = Text.assemble(line, GAP if line else "", entry)
    if line:
        yield line
    if table.left_out:
        columns = ", ".join(table.left_out)
        yield ink.text(table.words.say("legend.left_out", columns=columns), "dim")


def _entries(table: Table, ink: CellWriter) -> Iterator[Text]:
    """Yield an entry for each kind of square in the table, and one for other reasons for no data now."""
    seen = {day.no_data or day.condition for days in table.strips() for day in days}
    for condition in Condition:
        if condition in seen:
            word = table.words.condition(condition)
            square = (ink.square(condition), f"square.{condition.value}")
            yield Text.assemble(square, " ", (word, "dim"))
    shapes = {ink.square(reason): None for reason in NoData if reason in seen}
    for shape in shapes:
        reasons = [each for each in NoData if each in seen and ink.square(each) == shape]
        if shape.isspace():
            yield from (Text(table.words.say(f"legend.{each.value}"), "dim") for each in reasons)
        else:
            yield Text(f"{shape} {_no_data(table, reasons)}", "dim")
    now = {row.no_data for row in table.rows} - seen
    quiet = [each for each in (NoData.QUIET,) if each in now]
    others = [each for each in NoData if each in now and each not in quiet]
    for reasons in (others, quiet):
        if reasons:
            sign = ink.state(Condition.NO_DATA)
            yield Text.assemble(sign, " ", (_no_data(table, reasons), "dim"))


def _no_data(table: Table, reasons: Sequence[NoData]) -> str:
    """Return why there is no data: `No data: no traffic, all ignored`, `Quiet: no request …`."""
    word = table.words.now(Condition.NO_DATA, reasons[0])
    named = ", ".join(table.words.no_data(reason) for reason in reasons)
    return table.words.say("legend.no_data", state=word, reasons=named)
