"""Measures the page in Chromium: `python -m benchmarks.page` (needs chromium and the test extra).

For pages of 50, 500 and 5000 routes over 30 days, it measures the bytes, the CPU time of the report, and in
the browser the time to load, filter and sort the page, including the layout. Each figure is the median of
five.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import generate

PROGRAM = str(Path(sys.executable).with_name("flask-status"))
ROUTES, DAYS, RUNS = (50, 500, 5000), 30, 5
WORK = """() => {
  const search = document.querySelector("[type=search]");
  const type = (text) => {
    search.value = text;
    search.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const timed = (work) => {
    const start = performance.now();
    work();
    document.body.offsetHeight;
    return performance.now() - start;
  };
  const load = performance.getEntriesByType("navigation")[0].loadEventEnd;
  const filter = timed(() => type("7"));
  type("");
  return [load, filter, timed(() => document.querySelectorAll("thead button")[4].click())];
}"""
"""A script that returns the milliseconds of loading, filtering and sorting the page."""


def write_log(path: Path, routes: int) -> None:
    """Write a log in which every route answers every day, and every seventh route fails on some days."""
    with path.open("w") as out:
        for back in range(DAYS):
            stamp = f"{generate.LAST_DAY - timedelta(days=back):%d/%b/%Y:12:00:00}"
            for number in range(routes):
                statuses = (200, 500) if number % 7 == 0 and (number + back) % 9 == 0 else (200,)
                for status in statuses:
                    target = f"/area{number % 17}/thing-{number}"
                    request = f"GET {target} HTTP/1.1"
                    out.write(generate.common(stamp, ("198.18.0.1", ""), request, status, 1))


def report(folder: Path, routes: int) -> tuple[Path, float]:
    """Write a page with this number of routes. Return its path and the CPU seconds of the report."""
    log, page = folder / f"{routes}.log", folder / f"{routes}.html"
    write_log(log, routes)
    base = [PROGRAM, "--db", str(folder / f"{routes}.db")]
    subprocess.run([*base, "ingest", "-q", str(log)], check=True)
    choices = ["--now", "last", "--no-group", "--max-routes", str(routes)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([*base, "report", "-q", *choices, "--html", str(page)], check=True)
    return page, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def visit(browser: Browser, page: Path) -> list[float]:
    """Open a page, filter it and sort it. Return the milliseconds of each step."""
    window = browser.new_page(viewport={"width": 1280, "height": 800})
    window.goto(page.as_uri())
    taken: list[float] = window.evaluate(WORK)
    window.close()
    return taken


def main() -> None:
    """Print the table."""
    print("| routes | page | report | load | filter | sort |\n|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = shutil.which("chromium")
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        for routes in ROUTES:
            page, seconds = report(Path(folder), routes)
            runs = [visit(browser, page) for _ in range(RUNS)]
            medians = [statistics.median(each) / 1000 for each in zip(*runs, strict=True)]
            size = page.stat().st_size / 1000
            times = " | ".join(f"{median:.2f} s" for median in medians)
            print(f"| {routes:,} | {size:,.0f} kB | {seconds:.2f} s CPU | {times} |")
        browser.close()


if __name__ == "__main__":
    main()
