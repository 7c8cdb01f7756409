"""Extends click's completion: quotes for bash, and completes values with commas and after `--option=`."""

from __future__ import annotations

import os
from typing import Any, Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from flask_status_cli.cli.commands.completion.typed_line import TypedLine, parse_line, replies

VARIABLE: Final = "_FLASK_STATUS_COMPLETE"
"""The script of a shell sets this environment variable to ask for completions."""

BASH: Final = r"""%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            file) compopt -o default ;;
            dir) compopt -o dirnames ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(
        COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$2" %(complete_var)s=bash_complete \
            "$1" </dev/null 2>/dev/null
    )
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Printable(ShellComplete):
    """Offers only printable values, because some of them come from a log."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """Return the completions of a word."""
        found = super().get_completions(args, incomplete)
        return [item for item in found if str(item.value).isprintable()]


class _WholeWord(_Printable):
    """Completes `--option=value` as one word, because the shell replaces all of it."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """Return the completions of a word."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if option.startswith("--") and equals:
            for item in found:
                item.value = f"{option}={item.value}"
        return found


class Bash(_Printable, BashComplete):
    """Completion for bash. Bash begins a new word at `<`, `:`, `=` and `'` unless they are quoted."""

    source_template = BASH
    _line = TypedLine(())

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the word to complete, and that word."""
        self._line = parse_line(os.environ.get("COMP_LINE", ""))
        return [*self._line.words[1:]], self._line.last.text

    def complete(self) -> str:
        """Return the lines for the script. Each has a value, quoted so that bash can insert it."""
        args, incomplete = self.get_completion_args()
        found = self.get_completions(args, incomplete)
        option, equals, value = incomplete.partition("=")
        value = value if equals and option.startswith("--") else incomplete
        values = [item.value for item in found if item.type == "plain"]
        word = os.environ.get("COMP_WORD", "")
        quoted = replies(values, self._line.last, word=word, value=value)
        others = [f"{item.type},{item.value}" for item in found if item.type != "plain"]
        return "\n".join([*(f"plain,{reply}" for reply in quoted), *others])


class Zsh(_WholeWord, ZshComplete):
    """Completion for zsh, with click's script."""


class Fish(_WholeWord, FishComplete):
    """Completion for fish, with click's script. Without a change, it would cut a value at its first comma."""

    source_template = FishComplete.source_template.replace("string split ", "string split -m 1 ")


for _shell in (Bash, Zsh, Fish):
    add_completion_class(_shell)


def script(shell: str, cli: click.Command) -> str:
    """Return the completion script for `bash`, `zsh` or `fish`."""
    return {"bash": Bash, "zsh": Zsh, "fish": Fish}[shell](
        cli, {}, "flask-status", VARIABLE
    ).source()
