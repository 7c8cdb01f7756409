"""Draws the README's pictures from the demo log: `python -m benchmarks.pictures` (needs the test extra)."""

from __future__ import annotations

import io
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FIXTURES = Path(__file__).parent.parent / "fixtures"
PROGRAM = str(Path(sys.executable).with_name("flask-status"))
COLUMNS, ROWS = 116, 26
DARK = TerminalTheme(
    (13, 17, 23),
    (230, 237, 243),
    [
        *((72, 79, 88), (248, 81, 73), (63, 185, 80), (210, 153, 34)),
        *((88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)),
    ],
)
LAST_ENTRY = "2025-11-30T20:15:00Z"
"""The time of the last entry of the demo log."""

SHELL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 14px 18px; background: #0d1117; color: #e6edf3 }}
pre {{ margin: 0; font: 14px/1.35 "DejaVu Sans Mono", monospace }} {stylesheet}
</style><pre>{code}</pre>"""


def screen(command: list[str]) -> str:
    """Run a command on a terminal of its own. Return its output, with ANSI sequences."""
    parent, child = pty.openpty()
    size = {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    process = subprocess.Popen(command, stdout=child, stderr=child, env={**os.environ, **size})
    os.close(child)
    shown = b""
    try:
        while chunk := os.read(parent, 65536):
            shown += chunk
    except OSError:  # the terminal's other end was closed: the command has ended
        process.wait()
    return shown.decode().replace("\r\n", "\n")


def photograph(page: Path, picture: str, *, width: int, height: int) -> None:
    """Write a picture of the first `height` pixels of a page, as it looks in the minute when it was made."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        window = browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=2, timezone_id="UTC"
        )
        window.clock.install(time=LAST_ENTRY)
        window.goto(page.as_uri())
        window.screenshot(path=FIXTURES / "pictures" / picture)
        browser.close()


def main() -> None:
    """Draw both pictures."""
    with tempfile.TemporaryDirectory() as folder:
        base = [PROGRAM, "--db", f"{folder}/demo.db"]
        subprocess.run([*base, "ingest", "-q", str(FIXTURES / "shop.log.gz")], check=True)
        report = [*base, "report", "--now", "last", "--timezone", "UTC"]

        console = Console(record=True, width=COLUMNS, file=io.StringIO())
        shown = "\n".join(screen(report).split("\n")[:ROWS])
        console.print(Text.from_ansi(f"$ flask-status report --now last\n{shown}"))
        terminal = Path(folder, "terminal.html")
        terminal.write_text(
            console.export_html(theme=DARK, code_format=SHELL).replace("{{", "{").replace("}}", "}")
        )
        photograph(terminal, "terminal.png", width=1015, height=540)

        page = Path(folder, "status.html")
        named = ["--title", "Example Shop", "--html", str(page)]
        subprocess.run([*report, "-q", *named], check=True)
        photograph(page, "page.png", width=1200, height=930)


if __name__ == "__main__":
    main()
