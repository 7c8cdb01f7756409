"""Writes an access log of a busy Flask site: any number of lines, the same bytes for the same options.

    python -m benchmarks.generate --lines 1000000 --format combined > /tmp/access.log

There are twenty rules, most of them with ids, so a million lines have about 120 000 different request lines.
Each of 20 000 clients has one user agent. The statuses are those of a healthy site with some bad hours. Lines
are in order of time, spread evenly over `--days`. All choices come from `random.Random(seed)`.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import BinaryIO

CLIENTS = 20_000
LAST_DAY = datetime(2025, 11, 30, tzinfo=UTC)
"""The last day of the log."""

RULES: tuple[tuple[str, str, int, int], ...] = (
    # method, path, largest id, weight
    ("GET", "/", 0, 140),
    ("GET", "/products", 0, 80),
    ("GET", "/products/{}", 28_000, 150),
    ("GET", "/products/{}/reviews", 20_000, 50),
    ("POST", "/products/{}/reviews", 5_000, 4),
    ("GET", "/categories/{}", 300, 60),
    ("GET", "/search?q=item+{}", 15_000, 60),
    ("GET", "/cart", 0, 45),
    ("POST", "/cart/items", 0, 30),
    ("DELETE", "/cart/items/{}", 9_000, 6),
    ("POST", "/checkout", 0, 8),
    ("GET", "/orders/{}", 20_000, 40),
    ("GET", "/orders/{}/invoice", 12_000, 8),
    ("GET", "/users/{}", 18_000, 50),
    ("PATCH", "/users/{}", 6_000, 5),
    ("GET", "/login", 0, 25),
    ("POST", "/login", 0, 20),
    ("GET", "/api/v1/stock/{}", 12_000, 110),
    ("GET", "/static/css/site.css", 0, 60),
    ("GET", "/healthz", 0, 49),
)

STATUSES: dict[str, tuple[tuple[int, int], ...]] = {
    # by method: status, weight
    "GET": (
        (200, 9200),
        (304, 500),
        (301, 80),
        (404, 160),
        (403, 20),
        (500, 25),
        (502, 10),
        (503, 5),
    ),
    "POST": ((302, 6000), (201, 2500), (400, 700), (401, 600), (429, 100), (500, 90), (504, 10)),
    "PATCH": ((200, 9000), (400, 600), (409, 300), (500, 100)),
    "DELETE": ((204, 9500), (404, 400), (500, 100)),
}

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.6 Safari/605.1.15",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {WEBKIT} Version/18.6 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.14.1",
    "python-requests/2.32.5",
)

REFERERS = (
    "-",
    "-",
    "https://shop.example/",
    "https://shop.example/products",
    "https://www.google.com/",
)

ANSI: tuple[tuple[range, str], ...] = (
    # the colors of werkzeug 3.1 (`WSGIRequestHandler.log_request`); the first range that fits is used
    (range(100, 200), "\x1b[1m"),
    (range(200, 201), ""),
    (range(304, 305), "\x1b[36m"),
    (range(300, 400), "\x1b[32m"),
    (range(404, 405), "\x1b[33m"),
    (range(400, 500), "\x1b[31m\x1b[1m"),
    (range(1000), "\x1b[35m\x1b[1m"),
)


def ansi(request: str, status: int) -> str:
    """Return a request line colored by its status, as werkzeug 3.1 does."""
    style = next(style for statuses, style in ANSI if status in statuses)
    return f"{style}{request}\x1b[0m" if style else request


Draw = Callable[[], tuple[str, int]]
"""A function that returns the next request line of a rule, and the status of its answer."""


def draws(rng: random.Random) -> list[Draw]:
    """Return a `Draw` for each rule of `RULES`. All use the same random numbers."""

    def of(method: str, path: str, largest: int) -> Draw:
        before, _, after = path.partition("{}")
        codes = [code for code, weight in STATUSES[method] for _ in range(weight // 5)]
        chance = rng.random

        def draw() -> tuple[str, int]:
            number = str(1 + int(chance() * largest)) if largest else ""
            return f"{method} {before}{number}{after} HTTP/1.1", codes[int(chance() * len(codes))]

        return draw

    return [of(method, path, largest) for method, path, largest, _ in RULES]


def clients(rng: random.Random) -> list[tuple[str, str]]:
    """Return the address and the user agent of every client."""
    return [
        (f"198.18.{number >> 8 & 255}.{number & 255}", rng.choice(AGENTS))
        for number in rng.sample(range(1 << 16), CLIENTS)
    ]


def combined(stamp: str, client: tuple[str, str], request: str, status: int, size: int) -> str:
    """Return a line in the `combined` format of nginx and Apache."""
    referer = REFERERS[size % len(REFERERS)]
    return (
        f'{client[0]} - - [{stamp} +0000] "{request}" {status} {size} "{referer}" "{client[1]}"\n'
    )


def common(stamp: str, client: tuple[str, str], request: str, status: int, size: int) -> str:
    """Return a line in Apache's `common` format."""
    return f'{client[0]} - - [{stamp} +0000] "{request}" {status} {size}\n'


def werkzeug(stamp: str, client: tuple[str, str], request: str, status: int, _size: int) -> str:
    """Return a line of Flask's development server. Its time has no offset; read it as UTC."""
    day, _, clock = stamp.partition(":")
    return f'{client[0]} - - [{day} {clock}] "{ansi(request, status)}" {status} -\n'


def nginx_json(stamp: str, client: tuple[str, str], request: str, status: int, size: int) -> str:
    """Return a line of nginx with `escape=json`, with fields that people usually configure."""
    referer = REFERERS[size % len(REFERERS)]
    return (
        f'{{"time_local":"{stamp} +0000","remote_addr":"{client[0]}","remote_user":"","request":"{request}",'
        f'"status":"{status}","body_bytes_sent":"{size}","request_time":"0.{size % 1000:03}",'
        f'"http_referrer":"{referer}","http_user_agent":"{client[1]}"}}\n'
    )


FORMATS = {
    "combined": combined,
    "common": common,
    "werkzeug": werkzeug,
    "nginx_json": nginx_json,
}


def generate(
    lines: int, *, log_format: str = "combined", days: int = 7, seed: int = 1
) -> Iterator[str]:
    """Yield the lines of a log of `days` days up to `LAST_DAY`, each with its line end."""
    rng = random.Random(seed)
    makers, people, line = draws(rng), clients(rng), FORMATS[log_format]
    weights = [weight for *_, weight in RULES]
    begin = LAST_DAY - timedelta(days=days - 1)
    second, stamp = -1, ""
    for number, draw in enumerate(rng.choices(makers, weights, k=lines)):
        now = number * days * 86_400 // lines
        if now != second:
            second, stamp = now, (begin + timedelta(seconds=now)).strftime("%d/%b/%Y:%H:%M:%S")
        request, status = draw()
        chance = int(rng.random() * CLIENTS * 5_000)
        yield line(stamp, people[chance % CLIENTS], request, status, 180 + chance // CLIENTS)


def write(lines: Iterator[str], out: BinaryIO) -> None:
    """Write lines as ASCII bytes."""
    while batch := "".join(islice(lines, 10_000)):
        out.write(batch.encode("ascii"))


def main() -> None:
    """Write the log to stdout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--format", choices=sorted(FORMATS), default="combined")
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    log = generate(options.lines, log_format=options.format, days=options.days, seed=options.seed)
    write(log, sys.stdout.buffer)


if __name__ == "__main__":
    main()
