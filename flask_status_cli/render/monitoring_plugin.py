"""The line of a monitoring plugin: state, sentence, performance data. Text from a log cannot break it.

Source: https://www.monitoring-plugins.org/doc/guidelines.html#PLUGOUTPUT, and #AEN200 of the same page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction

from flask_status_cli.model import CheckResult, Metric, Range
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text.phrases import in_words
from flask_status_cli.render.text.words import ENGLISH, Words, decimal

LONGEST_TEXT = 300
"""The longest sentence, in characters."""

LONGEST_LABEL = 120
"""The longest label of a metric, in characters."""

LONGEST_LINE = 4000
"""The longest line in bytes. Some programs read at most 4 KiB. Metrics that do not fit are left out."""

_IN_A_LABEL = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "%='|"})
"""The characters that would end a label, and the one that escapes them. They are written as in a URL."""


def line(result: CheckResult, *, words: Words = ENGLISH, ascii_only: bool = False) -> str:
    """Return the output without a line end: `OK - sentence | 'label'=value;warn;crit;min;max`.

    Only the sentence is translated.
    """
    sentence = in_words(result.text, words.ascii() if ascii_only else words)
    text = printable(sentence, LONGEST_TEXT, ascii_only=ascii_only).replace("|", "\\x7c")
    shown = f"{result.state.name} - {text}"
    room = LONGEST_LINE - len(shown.encode()) - len(" | ")
    metrics = " ".join(_fitting(result.metrics, room, ascii_only=ascii_only))
    return f"{shown} | {metrics}" if metrics else shown


def _fitting(metrics: tuple[Metric, ...], room: int, *, ascii_only: bool) -> Iterator[str]:
    for metric in metrics:
        text = _metric(metric, ascii_only=ascii_only)
        room -= len(text.encode()) + 1
        if room < 0:
            return
        yield text


def _metric(metric: Metric, *, ascii_only: bool) -> str:
    label = _label(metric.label, ascii_only=ascii_only)
    thresholds = ";".join(map(_range, (metric.warning, metric.critical)))
    value = f"{metric.value}{metric.unit};{thresholds};{metric.least};{metric.most}"
    return f"'{label}'={value}".rstrip(";")


def _label(text: str, *, ascii_only: bool) -> str:
    """Return the label for a text. Different texts get different labels: a text that is cut gets a digest."""
    whole = text.translate(_IN_A_LABEL)
    shown = printable(whole, LONGEST_LABEL, ascii_only=ascii_only)
    if shown == whole:
        return shown
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{shown}~{digest}"


def _range(threshold: Range | None) -> str:
    if threshold is None:
        return ""
    low, high = threshold.low, threshold.high
    start = "~:" if low is None else f"{_number(low)}:"
    end = "" if high is None else _number(high)
    return f"{'@' if threshold.inside else ''}{'' if start == '0:' and end else start}{end}"


def _number(value: Fraction) -> str:
    return f"-{decimal(-value)}" if value < 0 else decimal(value)
