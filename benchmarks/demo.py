"""Writes an invented log of a small shop, over a month. The README's first command reads it.

    python -m benchmarks.demo > fixtures/shop.log.gz

There is more traffic by day than by night, and hardly any error outside of the outages in `OUTAGES`.
"""

from __future__ import annotations

import gzip
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks import generate

DAYS = 30
END = datetime(2025, 11, 30, 20, 15, tzinfo=UTC)
BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 12, 12, 12, 12, 13, 14, 15, 16, 15, 11, 7, 4)
"""Relative traffic of the hours of a day."""

ROUTES: tuple[tuple[str, int, int], ...] = (
    # path, requests a day, status of a good answer
    ("/", 150, 200),
    ("/products", 90, 200),
    ("/products/{}", 160, 200),
    ("/categories/{}", 60, 200),
    ("/search?q={}", 70, 200),
    ("/cart", 60, 200),
    ("/checkout", 30, 200),
    ("/orders/{}", 50, 200),
    ("/login", 40, 200),
    ("/api/stock/{}", 120, 200),
    ("/static/site.css", 100, 304),
    ("/healthz", 96, 200),
)

OUTAGES: tuple[tuple[str, float, float, int, float], ...] = (
    # beginning of the path, days before the end, hours, status, share of the requests
    ("/", 19.40, 1.5, 502, 0.95),
    ("/checkout", 10.5, 15.0, 500, 0.85),
    ("/search", 4.25, 8.0, 504, 0.35),
    ("/search", 0.04, 0.96, 504, 0.90),
    ("/products/", 12.0, 26.0, 404, 0.08),
)


def requests(rng: random.Random) -> Iterator[tuple[datetime, str, int]]:
    """Yield the time, the target and the status of every request, in order."""
    weights = [daily for _, daily, _ in ROUTES]
    per_hour = sum(weights) / sum(BY_HOUR)
    hour = END.replace(minute=0) - timedelta(days=DAYS - 1, hours=END.hour)
    while hour < END:
        number = round(per_hour * BY_HOUR[hour.hour] * rng.uniform(0.8, 1.2))
        for second in sorted(rng.choices(range(3600), k=number)):
            path, _, good = rng.choices(ROUTES, weights)[0]
            now = hour + timedelta(seconds=second)
            if now < END:
                yield now, path.format(rng.randint(1, 400)), answer(rng, path, now, good)
        hour += timedelta(hours=1)


def answer(rng: random.Random, path: str, now: datetime, good: int) -> int:
    """Return the status of a request: that of an outage at this time, otherwise nearly always `good`."""
    ago = (END - now) / timedelta(days=1)
    for beginning, days, hours, status, share in OUTAGES:
        inside = days - hours / 24 <= ago <= days
        if inside and path.startswith(beginning) and rng.random() < share:
            return status
    return 500 if rng.random() < 0.0002 else good


def lines(seed: int = 7) -> Iterator[str]:
    """Yield the lines of the log, in Apache's `common` format."""
    rng = random.Random(seed)
    people = generate.clients(rng)[:500]
    for now, target, status in requests(rng):
        stamp = now.strftime("%d/%b/%Y:%H:%M:%S")
        request = f"GET {target} HTTP/1.1"
        yield generate.common(stamp, rng.choice(people), request, status, rng.randint(150, 9_000))


def main() -> None:
    """Write the compressed log to stdout. It always has the same bytes."""
    sys.stdout.buffer.write(gzip.compress("".join(lines()).encode("ascii"), mtime=0))


if __name__ == "__main__":
    main()
