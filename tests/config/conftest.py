"""A machine with three places for a configuration, none of them the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from flask_status_cli.config import Configuration, files, load, load_valid
from flask_status_cli.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Places:
    """The working directory, the home of the user, and what stands for `/etc/flask-status`."""

    here: Path
    home: Path
    etc: Path

    def write(self, text: str, *, where: str = "here", name: str = "flask-status.toml") -> Path:
        folder = {
            "here": self.here,
            "user": self.home / ".config" / "flask-status",
            "etc": self.etc,
        }[where]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(text)
        return path

    def load(self, *, named: str | None = None, **variables: str) -> Configuration:
        return load({"HOME": str(self.home), **variables}, self.here, named=named)

    def settings(self, text: str, **variables: str) -> Settings:
        self.write(text)
        return self.load(**variables).settings

    def wrong(self, text: str, **variables: str) -> list[str]:
        self.write(text)
        environment = {"HOME": str(self.home), **variables}
        errors = load_valid(environment, self.here)[1]
        return [str(error).removeprefix(f"{self.here}/flask-status.toml") for error in errors]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    found = Places(tmp_path / "here", tmp_path / "home", tmp_path / "etc")
    found.here.mkdir()
    found.home.mkdir()
    monkeypatch.setattr(files, "FOR_ALL", found.etc / "flask-status.toml")
    monkeypatch.setenv("HOME", str(found.home))
    return found
