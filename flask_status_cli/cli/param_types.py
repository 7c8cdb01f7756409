"""Types of option values: lengths of time, days, and shares."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask_status_cli.model.latency import LatencyLimits


class Length(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """A length of time: `90s`, `15m`, `2h`, `1d`, `4w`."""

    name = "length"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Convert the text of the option."""
        from flask_status_cli.model.times import LENGTHS, parse_length

        if isinstance(value, timedelta):
            return value
        try:
            return parse_length(value)
        except ValueError as error:
            self.fail(f"{error}; {LENGTHS}", param, ctx)


class Day(click.ParamType):  # type: ignore[type-arg]  # as above
    """A calendar day: `2026-11-24`."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Convert the text of the option."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            self.fail(f"{value!r} is not a day; use for example 2026-11-24", param, ctx)


class LatencyLimit(click.ParamType):  # type: ignore[type-arg]  # as above
    """A percentile with one limit or two: `p95=500ms`, `p99=500ms,2s`."""

    name = "limit"

    def convert(
        self, value: str | LatencyLimits, param: click.Parameter | None, ctx: click.Context | None
    ) -> LatencyLimits:
        """Convert the text of the option."""
        from flask_status_cli.model.latency import LatencyLimits
        from flask_status_cli.model.times import DURATIONS, parse_duration

        if isinstance(value, LatencyLimits):
            return value
        found = re.fullmatch(r"p(\d{1,2})=([^,]+)(?:,([^,]+))?", value.replace(" ", "").lower())
        if found is None or found[1].startswith("0"):
            self.fail(
                f"{value!r} is not a limit; use for example p95=500ms or p95=500ms,2s", param, ctx
            )
        try:
            limits = [parse_duration(text) for text in found.groups()[1:] if text]
        except ValueError as error:
            self.fail(f"{error}; {DURATIONS}", param, ctx)
        if len(limits) == 1:
            return LatencyLimits(int(found[1]), critical=limits[0])
        if limits[0] > limits[1]:
            self.fail(f"{value!r}: the WARNING limit is above the CRITICAL limit", param, ctx)
        return LatencyLimits(int(found[1]), *limits)


class Share(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """An exact share of requests, above 0 and below 1: `0.999` or `99.9%`."""

    name = "share"

    def convert(
        self, value: str | Fraction, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """Convert the text of the option."""
        if isinstance(value, Fraction):
            return value
        found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,20})?) ?(%?)", value.strip())
        share = Fraction(found[1]) / (100 if found[2] else 1) if found else Fraction(1)
        if not 0 < share < 1:
            self.fail(f"{value!r} is not a share; use for example 99.9% or 0.999", param, ctx)
        return share
