"""The statements of an ingest as texts for SQLite. `compiling` generates them."""
# fmt: off
# ruff: noqa: E501

from typing import Final

from flask_status_cli.store.statements.prepared import Additive, Prepared

OLDEST_DURATION_HOUR: Final = Prepared(
    "SELECT min(hour_duration.hour) AS min_1 FROM hour_duration",
)
NEWEST_DURATION_HOUR: Final = Prepared(
    "SELECT max(hour_duration.hour) AS max_1 FROM hour_duration",
)
NTH_DURATION_HOUR: Final = Prepared(
    "SELECT hour_duration.hour FROM hour_duration WHERE hour_duration.hour >= :first ORDER BY hour_duration.hour LIMIT 1 OFFSET :many",
)
MOVE_HOUR_DURATIONS: Final = Prepared(
    "INSERT INTO hour_duration (hour, route, buckets) SELECT hour_duration.hour, route.merged_into, group_concat(hour_duration.buckets, '') AS aggregate_strings_1 FROM hour_duration JOIN route ON route.id = hour_duration.route WHERE route.merged_into IS NOT "
    "NULL AND hour_duration.hour >= :first AND hour_duration.hour < :end GROUP BY hour_duration.hour, route.merged_into ON CONFLICT (hour, route) DO UPDATE SET buckets = (hour_duration.buckets || excluded.buckets)",
)
DROP_MOVED_HOUR_DURATIONS: Final = Prepared(
    "DELETE FROM hour_duration WHERE hour_duration.hour >= :first AND hour_duration.hour < :end AND hour_duration.route IN (SELECT route.id FROM route WHERE route.merged_into IS NOT NULL)",
)
LONG_HOUR_DURATIONS: Final = Prepared(
    "SELECT hour_duration.hour, hour_duration.route, hour_duration.buckets FROM hour_duration WHERE hour_duration.hour BETWEEN :first AND :last AND length(hour_duration.buckets) > :most",
)
PUT_HOUR_DURATIONS: Final = Prepared(
    "INSERT INTO hour_duration (hour, route, buckets) VALUES (:hour, :route, :buckets) ON CONFLICT (hour, route) DO UPDATE SET buckets = excluded.buckets",
)
OLDEST_DURATION_DAY: Final = Prepared(
    "SELECT min(day_duration.day) AS min_1 FROM day_duration",
)
NEWEST_DURATION_DAY: Final = Prepared(
    "SELECT max(day_duration.day) AS max_1 FROM day_duration",
)
NTH_DURATION_DAY: Final = Prepared(
    "SELECT day_duration.day FROM day_duration WHERE day_duration.day >= :first ORDER BY day_duration.day LIMIT 1 OFFSET :many",
)
MOVE_DAY_DURATIONS: Final = Prepared(
    "INSERT INTO day_duration (day, route, buckets) SELECT day_duration.day, route.merged_into, group_concat(day_duration.buckets, '') AS aggregate_strings_1 FROM day_duration JOIN route ON route.id = day_duration.route WHERE route.merged_into IS NOT NULL "
    "AND day_duration.day >= :first AND day_duration.day < :end GROUP BY day_duration.day, route.merged_into ON CONFLICT (day, route) DO UPDATE SET buckets = (day_duration.buckets || excluded.buckets)",
)
DROP_MOVED_DAY_DURATIONS: Final = Prepared(
    "DELETE FROM day_duration WHERE day_duration.day >= :first AND day_duration.day < :end AND day_duration.route IN (SELECT route.id FROM route WHERE route.merged_into IS NOT NULL)",
)
LONG_DAY_DURATIONS: Final = Prepared(
    "SELECT day_duration.day, day_duration.route, day_duration.buckets FROM day_duration WHERE day_duration.day BETWEEN :first AND :last AND length(day_duration.buckets) > :most",
)
PUT_DAY_DURATIONS: Final = Prepared(
    "INSERT INTO day_duration (day, route, buckets) VALUES (:day, :route, :buckets) ON CONFLICT (day, route) DO UPDATE SET buckets = excluded.buckets",
)
ADD_HOUR_DURATIONS: Final = Additive(
    "INSERT INTO hour_duration (hour, route, buckets) VALUES ",
    "(?, ?, ?)",
    " ON CONFLICT (hour, route) DO UPDATE SET buckets = (hour_duration.buckets || excluded.buckets)",
)
ADD_DAY_DURATIONS: Final = Additive(
    "INSERT INTO day_duration (day, route, buckets) VALUES ",
    "(?, ?, ?)",
    " ON CONFLICT (day, route) DO UPDATE SET buckets = (day_duration.buckets || excluded.buckets)",
)
