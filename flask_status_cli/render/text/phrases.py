"""Puts a phrase and its facts into words."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_status_cli.model import Phrase
from flask_status_cli.model.report.phrase import Fact
from flask_status_cli.render.text.words import Words, instant


def in_words(fact: Fact, words: Words) -> str:
    """Return a phrase, or a fact of one, in words. The result may contain text from a log."""
    if isinstance(fact, Phrase):
        facts = {name: in_words(each, words) for name, each in fact.facts.items()}
        if fact.n is None:
            return words.say(fact.key, **facts)
        return words.many(fact.key, fact.n, **facts)
    if isinstance(fact, tuple):
        return ", ".join(in_words(each, words) for each in fact)
    if isinstance(fact, datetime):
        return instant(fact, UTC)
    return words.grouped(fact) if isinstance(fact, int) else fact
