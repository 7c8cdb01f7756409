"""Options and commands for a short run: they do not import what click needs only for its messages.

click reads the indentation of each help text with `inspect`, translates the help of `--help` with `locale`,
and looks for similar names with `difflib` when it meets a short option. That is a tenth of a run that finds
nothing new. With click's own classes everything works, only slower (docs/design/start-up.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any] | click.Command)


class Option(click.Option):
    """An option. Its help is one paragraph, without indentation."""

    def __init__(self, *args: Any, help: str | None = None, **attributes: Any) -> None:  # noqa: A002 - click's name
        super().__init__(*args, **attributes)
        self.help = help


def option(*names: str, **attributes: Any) -> Callable[[_Command], _Command]:
    """Add an option to a command, as `click.option` does."""
    return click.option(*names, cls=Option, **attributes)


class LeanCommand(click.Command):
    """A command with a help option that needs no translation. Short options are replaced by long ones."""

    _help: Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option. It is always the same object, because click compares options."""
        if self._help is None:
            self._help = Option(
                self.get_help_option_names(ctx),
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_show_help,
                help="Show this message and exit.",
            )
        return self._help

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        return super().parse_args(ctx, self._with_long_names(args))

    def _with_long_names(self, args: list[str]) -> list[str]:
        """Return the arguments with the long name of each flag that was given by its short one.

        Values of options, and what follows `--`, are left as they are.
        """
        long_names = {
            flag.opts[0]: flag.opts[-1]
            for flag in self.params
            if isinstance(flag, click.Option) and flag.is_flag and len(flag.opts) > 1
        }
        flags = [place for place in option_places(args, self.params) if args[place] in long_names]
        changed = list(args)
        for place in flags:
            changed[place] = long_names[args[place]]
        return changed


def option_places(args: Sequence[str], params: Sequence[click.Parameter]) -> list[int]:
    """Return the places of arguments that are not values of options, up to `--`."""
    valued = names_with_values(params)
    places = []
    is_value = False
    for place, word in enumerate(args):
        if word == "--" and not is_value:
            break
        if not is_value:
            places.append(place)
        is_value = not is_value and word in valued
    return places


def names_with_values(params: Sequence[click.Parameter]) -> set[str]:
    """Return the names of the options that are followed by a value."""
    return {
        name
        for each in params
        if isinstance(each, click.Option) and not each.is_flag
        for name in each.opts
    }


def _show_help(ctx: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's order
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()
