"""`flask-status completion`: prints the script for shell completion."""

from __future__ import annotations

import click


@click.command(short_help="Print the script that completes commands with TAB.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(*, shell: str) -> None:
    """Print the script that completes commands, options and routes with TAB in SHELL.

    \b
    bash, in ~/.bashrc:
      eval "$(flask-status completion bash)"

    \b
    zsh, in ~/.zshrc, after compinit:
      eval "$(flask-status completion zsh)"

    \b
    fish, in ~/.config/fish/config.fish:
      flask-status completion fish | source
    """  # noqa: D301 - click looks for the character, a backspace
    from flask_status_cli.cli.commands.completion.shells import script

    click.echo(script(shell, click.get_current_context().find_root().command), nl=False)
