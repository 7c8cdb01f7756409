"""Names of formats for people."""

from __future__ import annotations

from flask_status_cli.render.escape import printable

W3C_HEADER = "#Fields:"


def format_name(name: str) -> str:
    """Return the name of a format on one line. Of the header of a W3C log, only the number of fields."""
    if name.startswith(W3C_HEADER):
        return f"W3C with {len(name.removeprefix(W3C_HEADER).split())} fields"
    return printable(name)
