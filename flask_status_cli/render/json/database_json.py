"""`db info` as JSON, version 1. Programs rely on its keys. docs/json.md documents each of them."""

from __future__ import annotations

import json
from typing import Final

from flask_status_cli.model import DatabaseInfo, Run, StreamInfo, instant_of
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.render.escape import encodable
from flask_status_cli.render.json.report_json import Json, instant

SCHEMA_VERSION: Final = 1


def render(info: DatabaseInfo) -> str:
    """Return the figures of a database as one line of JSON in ASCII, with a newline."""
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "database": encodable(str(info.path)),
        "size": info.size,
        "schema": info.schema_version,
        "created_at": instant(info.created_at),
        "first": _minute(info.first),
        "last": _minute(info.newest),
        "minutes_from": _minute(info.minutes_from),
        "clock": _clock(info.clock_trust),
        "rows": dict(info.rows),
        "answering": {"paths": info.answering, "limit": info.answering_bound},
        "waiting": {"rows": info.waiting, "limit": info.waiting_bound},
        "unmatched": info.poured,
        "other": info.other,
        "merged": info.merged,
        "crowds": [
            {"label": encodable(label), "rule": encodable(rule)} for label, rule in info.crowds
        ],
        "hosts": [_host(host) for host in info.hosts],
        "logs": [_log(stream) for stream in info.streams],
        "runs": [_run(run) for run in info.runs],
    }
    return json.dumps(document, ensure_ascii=True) + "\n"


def _minute(minute: int | None) -> str | None:
    return None if minute is None else instant(instant_of(minute))


def _clock(trust: ClockTrust | None) -> Json:
    """Return what is known of a clock that is not trusted, `None` if it is trusted."""
    if trust is None or not trust.ahead:
        return None
    return {
        "doubted": instant(trust.doubted),
        "trusted": instant(trust.trusted),
        "days": trust.days,
    }


def _host(host: Host) -> Json:
    return {
        "name": encodable(host.name),
        "last_run": instant(host.seen_at),
        "last_good_run": instant(host.good_at),
        "retired": host.retired,
    }


def _log(stream: StreamInfo) -> Json:
    return {
        "id": stream.id,
        "format": stream.format,
        "offset": stream.offset,
        "last": _minute(stream.newest),
        "updated_at": instant(stream.updated_at),
        "paths": [encodable(path) for path in stream.paths],
    }


def _run(run: Run) -> Json:
    return {
        "started_at": instant(run.started_at),
        "finished_at": instant(run.finished_at),
        "logs": run.logs,
        "lines": run.lines,
        "entries": run.entries,
        "noise": run.noise,
        "refused": run.refused,
        "problems": [encodable(problem) for problem in run.problems],
    }
