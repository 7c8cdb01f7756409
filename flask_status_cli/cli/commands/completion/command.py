"""`flask-status completion`: the script that teaches a shell to complete."""

from __future__ import annotations

import click

from flask_status_cli.cli.commands.completion.shell_scripts import SCRIPTS


@click.command(short_help="Print the script that completes commands in a shell.")
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
def completion(*, shell: str) -> None:
    r"""Print the script that completes commands, options and routes in SHELL.

    \b
    bash:  eval "$(flask-status completion bash)"    in ~/.bashrc
    zsh:   eval "$(flask-status completion zsh)"     in ~/.zshrc, behind compinit
    fish:  flask-status completion fish | source     in ~/.config/fish/config.fish
    """
    click.echo(SCRIPTS[shell], nl=False)
