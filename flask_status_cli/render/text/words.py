"""Text in one language: phrases by key, numbers, instants, and signs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from fractions import Fraction

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Condition, NoData
from flask_status_cli.render.escape import ASCII_SIGNS
from flask_status_cli.render.text.languages import Language, language

GLYPHS: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "✓",
    Condition.PARTIAL_OUTAGE: "▲",
    Condition.MAJOR_OUTAGE: "✕",
    Condition.NO_DATA: "\N{EN DASH}",
}
"""The sign before the word of a condition."""

ASCII_GLYPHS: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "+",
    Condition.PARTIAL_OUTAGE: "!",
    Condition.MAJOR_OUTAGE: "x",
    Condition.NO_DATA: "-",
}
"""The sign before the word of a condition in ASCII."""

UNITS = ("", "k", "M", "G", "T", "P", "E")
"""The signs for the powers of a thousand. No number of requests needs more."""

SHORT = "short."
"""The beginning of the key of a phrase for narrow screens. The rest is the key of the phrase it replaces."""

VISITORS = "visitors."
"""The beginning of the key of a phrase for readers of a page, who cannot run commands."""

NO_VALUE = "—"
"""The sign for a missing value, such as an availability if there is nothing to judge."""

NARROW = "\N{NARROW NO-BREAK SPACE}"
"""The blank in a number and before its unit, for output that can show it."""


@frozen
class Words:
    """The words of the output in one language.

    `blank` comes between a number and its unit.
    """

    language: Language
    blank: str = " "

    @classmethod
    def of(cls, tag: str) -> Words:
        """Return the words of the language with this tag, one of `model.LANGUAGES`."""
        return cls(language(tag))

    @property
    def tag(self) -> str:
        """The tag of the language, as HTML and Atom write it."""
        return self.language.tag

    def ascii(self) -> Words:
        """Return the same words in ASCII, without accents."""
        phrases = {key: _ascii(phrase) for key, phrase in self.language.phrases.items()}
        return Words(replace(self.language, phrases=phrases))

    def short(self) -> Words:
        """Return the words for a narrow screen: `Up` for `Fully Operational`."""
        return self._with(SHORT)

    def for_visitors(self) -> Words:
        """Return the words for readers who cannot run commands: without the commands to try."""
        return self._with(VISITORS)

    def _with(self, prefix: str) -> Words:
        """Return the same words, with each phrase replaced by the one with this prefix, if there is one."""
        phrases = self.language.phrases
        found = {key: phrase for key, phrase in phrases.items() if key.startswith(prefix)}
        replaced = {key.removeprefix(prefix): phrase for key, phrase in found.items()}
        return replace(self, language=replace(self.language, phrases={**phrases, **replaced}))

    def unbroken(self) -> Words:
        """Return the same words for output that breaks lines.

        No line is broken in a number, before `%`, or around the `×` of `404 × 12`.
        """
        phrases = {
            key: phrase.replace(" %", f"{NARROW}%").replace(" × ", f"{NARROW}×{NARROW}")
            for key, phrase in self.language.phrases.items()
        }
        separator = self.language.separator.replace(" ", NARROW)
        return Words(replace(self.language, phrases=phrases, separator=separator), NARROW)

    def say(self, key: str, **facts: str) -> str:
        """Return the phrase of `key` with its facts filled in."""
        return self.language.phrases[key].format(**facts)

    def many(self, key: str, n: int, /, **facts: str) -> str:
        """Return the phrase of `key` for `n` things.

        `{n}` is the grouped number unless it is given as a fact.
        """
        facts = {"n": self.grouped(n), **facts}
        return self.say(f"{key}.{'one' if n == 1 else 'many'}", **facts)

    def times(self, counts: Iterable[tuple[int, int]]) -> str:
        """Return the number of requests with each status code: `404 × 12, 502 × 3`."""
        parts = (self.say("codes.times", code=str(code), n=self.grouped(n)) for code, n in counts)
        return ", ".join(parts)

    def condition(self, state: Condition) -> str:
        """Return the words of a condition: `Fully Operational`, `No Data`."""
        return self.say(f"condition.{state.value}")

    def now(self, state: Condition, reason: NoData | None) -> str:
        """Return the words of a present state: those of the condition, or `Quiet` without requests."""
        return self.say("condition.quiet") if reason is NoData.QUIET else self.condition(state)

    def no_data(self, reason: NoData) -> str:
        """Return why there is nothing to judge: `log not read`."""
        return self.say(f"no_data.{reason.value}")

    def grouped(self, number: int) -> str:
        """Return a number in full, grouped as in the language: `1,234,567`."""
        if len(str(number)) < self.language.grouped_from:
            return str(number)
        return grouped(number).replace(",", self.language.separator)

    def percent(self, share: Fraction) -> str:
        """Return a threshold for people: `99 %`, `99.95 %`."""
        return f"{decimal(share * 100)}{self.blank}%"


def grouped(number: int) -> str:
    """Return a number in full, grouped as in English: `1,234,567`."""
    return f"{number:,}"


def counted(number: int, one: str, more: str) -> str:
    """Return a number in full with its noun: `1 entry`, `1,234 entries`."""
    return f"{grouped(number)} {one if number == 1 else more}"


def compact(number: int) -> str:
    """Return a number in at most five characters, floored: `9999`, `12.3k`, `123k`, `1.2M`."""
    if number < 10_000:
        return str(number)
    power = (len(str(number)) - 1) // 3
    tenths = number * 10 // 1000**power
    value = f"{tenths // 10}.{tenths % 10}" if tenths < 1000 else str(tenths // 10)
    return value + UNITS[power]


def decimal(share: Fraction) -> str:
    """Return an exact number as text: `0.99`, `1`; `1/3` if it has no exact decimal form."""
    for digits in range(30):
        scaled = share * 10**digits
        if scaled.denominator == 1:
            whole, part = divmod(scaled.numerator, 10**digits)
            return f"{whole}.{part:0{digits}d}" if digits else str(whole)
    return str(share)


def instant(moment: datetime, zone: tzinfo) -> str:
    """Return an aware instant in `zone` to the minute: `2026-11-23 10:04 UTC`, `… 15:34 +05:30`."""
    local = moment.astimezone(zone)
    offset = local.isoformat()[-6:] if local.utcoffset() else "UTC"
    return f"{local:%Y-%m-%d %H:%M} {offset}"


def moment(when: datetime, zone: tzinfo, words: Words, *, now: datetime | None) -> str:
    """Return an aware instant, short for a reader at `now`: `14:52`, `25 Nov 14:02`, `25 Nov 2025 14:02`.

    With `None` as `now`, the day and the year are always included, because the text may be read at any time.
    """
    local, today = when.astimezone(zone), None if now is None else now.astimezone(zone)
    time = f"{local:%H:%M}"
    if today is not None and local.date() == today.date():
        return time
    month = words.say("date.months").split()[local.month - 1]
    key = "date.day" if today is not None and local.year == today.year else "date.year"
    return words.say(key, day=str(local.day), month=month, year=str(local.year), time=time)


def rough_duration(minutes: int, words: Words) -> str:
    """Return a length of time in its largest unit, floored: `14 min`, `3 h`, `3 days`."""
    hours, days = minutes // 60, minutes // 1440
    if days:
        return words.many("span.days", days)
    return f"{hours} h" if hours else f"{minutes} min"


def duration(minutes: int) -> str:
    """Return a length of time in its two largest units, floored: `14 min`, `12 h 32 min`, `3 d 4 h`.

    The signs of the units (SI) are the same in every language.
    """
    hours, left = divmod(minutes, 60)
    days, rest = divmod(hours, 24)
    parts = ((days, "d"), (rest, "h")) if days else ((hours, "h"), (left, "min"))
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 min"


def codes(listed: Iterable[int | str]) -> str:
    """Return status codes and classes as a list: `404, 5xx`; `—` if there are none."""
    return ", ".join(map(str, listed)) or NO_VALUE


def _ascii(text: str) -> str:
    plain = text.translate(ASCII_SIGNS)
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()


ENGLISH = Words.of("en")
"""The words for output that is always English: messages and JSON."""
