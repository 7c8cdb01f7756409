"""The table of commands. The module of a command is imported when the command is called, not for `--help`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module

import click

from flask_status_cli.cli.lean_click import LeanCommand, names_with_values

SHORT_HELP: Mapping[str, str] = {
    "check": "Check the state for a monitoring system such as Nagios.",
    "completion": "Print the script that completes commands with TAB.",
    "config": "Show and check the configuration.",
    "counts": "Print the raw counts: requests by time, route and status code.",
    "db": "Show, check, copy and shrink the database.",
    "deploy": "Mark deploys, and compare the requests before and after them.",
    "formats": "List the log formats, and find out which one a log has.",
    "incidents": "List the incidents, and add notes to them.",
    "ingest": "Read new lines of the logs, each line exactly once.",
    "maintenance": "Plan maintenance windows: requests in them are not judged.",
    "notify": "Send messages about incidents.",
    "report": "Show the status of every route.",
    "routes": "List, name, hide and declare routes.",
    "schedule": "Print a crontab line or systemd units that run the ingest.",
    "serve": "Serve the live page, and follow the logs at the same time.",
}
"""The line of each command in the list of commands."""


class Commands(MutableMapping[str, click.Command]):
    """The commands by name. Each is imported when it is first used."""

    def __init__(self) -> None:
        self._known: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._known:
            if name not in SHORT_HELP:
                raise KeyError(name)
            found: click.Command = getattr(
                import_module(f"flask_status_cli.cli.commands.{name}"), name
            )
            self._known[name] = found
        return self._known[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(SHORT_HELP)

    def __len__(self) -> int:
        return len(SHORT_HELP)


class Group(LeanCommand, click.Group):
    """The group of all commands. Its help does not import them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(SHORT_HELP.items()))


def command_of(arguments: Sequence[str], group: click.Group) -> str | None:
    """Return the name of the command in the arguments, even if other arguments are wrong."""
    takes_value = names_with_values(group.params)
    words = iter(arguments)
    for word in words:
        if word in takes_value:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None
