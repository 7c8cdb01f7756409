"""The shapes of lines that are counted in bulk, and how their stamps and requests are read."""

from __future__ import annotations

import re
from datetime import tzinfo

from flask_status_cli.formats import clf, werkzeug
from flask_status_cli.formats.bulk import Columns
from flask_status_cli.formats.entry import Request, split_request
from flask_status_cli.formats.stamps import local_minute

_CLF_STAMP = re.compile(rb" - - \[00/[A-Z][a-z]{2}/0000:00:00:00 [+-]0000\] ")
_WERKZEUG_STAMP = re.compile(rb" - - \[00/[A-Z][a-z]{2}/0000 00:00:00\] ")


def combined(zone: tzinfo) -> Columns:  # noqa: ARG001 - all shapes are made so, and these stamps carry their offset
    """Lines of the common log format that end with a quoted field: combined, and what adds to it."""
    return Columns(
        quotes=None,
        joined=False,
        stamp=_CLF_STAMP,
        length=34,
        seconds=24,
        status=" %03d ",
        minute_of=_clf_minute,
        parse=_clf_request,
    )


def coloured(zone: tzinfo) -> Columns:
    """Lines of werkzeug's development server, but for those of a doubled hour."""

    def minute_of(stamp: bytes) -> int | None:
        minute = local_minute(stamp[6:23], zone)
        return None if minute is None or minute.first != minute.second else minute.first

    return Columns(
        quotes=2,
        joined=True,
        stamp=_WERKZEUG_STAMP,
        length=28,
        seconds=24,
        status=" %03d -\n",
        minute_of=minute_of,
        parse=_werkzeug_request,
    )


def _clf_minute(stamp: bytes) -> int | None:
    return clf.minute_of(stamp[6:23], stamp[27:32])


def _clf_request(text: bytes) -> Request | None:
    match = clf.PROVEN_KEY.match(text)
    return None if match is None else split_request(match[1], escaped=True)


def _werkzeug_request(text: bytes) -> Request | None:
    answer = werkzeug.read_answer(text)
    return None if isinstance(answer, str) else answer[0]
