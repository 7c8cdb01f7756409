"""The documents say what the program does: every command, option and exit status, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from flask_status_cli import __version__
from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.main import cli
from flask_status_cli.config.keys import KEYS
from flask_status_cli.store.schema.tables import METADATA

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = (ROOT / "docs/commands.md").read_text()
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()
OF_OTHERS = {"--force", "--timestamps", "--prefix"}
"""Options of other programs that the documents name: pipx, uv, kubectl."""

DOCUMENTS = {path: path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]}


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from walk(child, f"{path} {name}")


ALL_COMMANDS = dict(walk(cli, "flask-status"))


def section(path: str) -> str:
    return COMMANDS.partition(f"\n## `{path}`\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("path", ALL_COMMANDS)
def test_the_documents_show_every_command_with_every_option(path: str) -> None:
    shown = section(path)
    for parameter in ALL_COMMANDS[path].params:
        for option in parameter.opts:
            if isinstance(parameter, click.Option):
                assert re.search(rf"(?<![\w-]){option}(?![\w-])", shown), option


@pytest.mark.parametrize("path", ALL_COMMANDS)
def test_every_command_and_option_has_a_help_text(path: str) -> None:
    command = ALL_COMMANDS[path]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_mentions_an_option_that_does_not_exist(document: Path) -> None:
    known = {
        option
        for command in ALL_COMMANDS.values()
        for p in command.params
        for option in (*p.opts, *p.secondary_opts)
    }
    known |= {"--help", "--version", *OF_OTHERS}
    prose = re.sub(r"```.*?```", "", DOCUMENTS[document], flags=re.DOTALL)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", prose)) <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_mentions_a_command_that_does_not_exist(document: Path) -> None:
    names = {path.split()[1] for path in ALL_COMMANDS if " " in path}
    named = r"(?:^[$] |`|/)flask-status (?:--db \S+ )?([a-z]+)"
    assert set(re.findall(named, DOCUMENTS[document], re.MULTILINE)) <= names


@pytest.mark.parametrize("status", ExitStatus)
def test_the_documents_list_every_exit_status(status: ExitStatus) -> None:
    assert re.search(rf"^\| {status.value} \| \w", COMMANDS, re.MULTILINE)


def test_the_documents_list_no_other_exit_status() -> None:
    table = COMMANDS.partition("## Exit statuses")[2].partition("\n## ")[0]
    assert {int(n) for n in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == set(ExitStatus)


@pytest.mark.parametrize(
    "document",
    sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]),
)
def test_links_inside_the_repository_lead_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert (ROOT / document).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("page", sorted(path.name for path in ROOT.glob("docs/*.md")))
def test_every_page_is_listed_and_fits_its_bound(page: str) -> None:
    assert page == "README.md" or f"]({page})" in (ROOT / "docs/README.md").read_text()
    assert page == "commands.md" or len((ROOT / "docs" / page).read_text().splitlines()) < 300


def test_the_way_in_is_short() -> None:
    assert len(README.splitlines()) <= 250


def test_the_way_in_for_contributors_is_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 200


def test_every_decision_is_listed() -> None:
    design = ROOT / "docs/design"
    listed = re.findall(r"\]\(([a-z-]+\.md)\)", (design / "README.md").read_text())
    assert set(listed) == {path.name for path in design.glob("*.md")} - {"README.md"}


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/speed.md", "docs/design"])
def test_documents_name_modules_that_there_are(document: str) -> None:
    paths = [ROOT / document] if document.endswith(".md") else sorted((ROOT / document).glob("*"))
    text = "".join(path.read_text() for path in paths)
    for name in re.findall(r"`([a-z_]+/(?:[a-z_]+/)*(?:\w+\.py)?)`", text):
        assert (ROOT / name).exists() or (ROOT / "flask_status_cli" / name).exists(), name


@pytest.mark.parametrize("document", ["docs/commands.md", "fixtures/README.md", "CONTRIBUTING.md"])
def test_generated_parts_are_up_to_date(document: str) -> None:
    check = [sys.executable, "-m", "cogapp", "--check", document]
    result = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"run: cog -r {document}\n{result.stdout}{result.stderr}"


@pytest.mark.parametrize("name", ["try", "test"])
def test_the_readme_holds_the_commands_that_ci_runs(name: str) -> None:
    block = README.partition(f"\n<!-- command: {name} -->\n")[2]
    assert block.startswith("```sh\npython3 -m venv .venv && ")


def test_the_changelog_tells_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"\n## [{__version__}]" in changelog


def documented_keys() -> set[str]:
    """The keys of the tables, "`policy.success`, `.failure`" written out; tables by their name."""
    text = CONFIGURATION
    found = set()
    for row in re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE):
        section = ""
        for name in re.findall(r"`([^`]+)`", row):
            key = section + name if name.startswith(".") else name.strip("[]")
            section = key.rpartition(".")[0]
            found.add(key)
    return found


def test_the_page_on_the_database_lists_every_table_and_no_other() -> None:
    section = (ROOT / "docs/database.md").read_text("utf-8").partition("## What is stored")[2]
    cells = re.findall(r"^\| (`.*?) \|", section.partition("## ")[0], re.MULTILINE)
    listed = [table for cell in cells for table in re.findall(r"`(\w+)`", cell)]
    assert sorted(listed) == sorted(METADATA.tables)


def test_the_documents_list_every_key_of_a_configuration_and_no_other() -> None:
    assert documented_keys() == set(KEYS)
