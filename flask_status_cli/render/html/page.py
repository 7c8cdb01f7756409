"""Makes the page from its data and the templates. Its security policy forbids all other sources."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from flask_status_cli.model import StatusSummary
from flask_status_cli.render.html.line_breaks import breakable, dated
from flask_status_cli.render.html.page_options import PageOptions
from flask_status_cli.render.html.page_view import page_of
from flask_status_cli.render.text.latency import any_duration
from flask_status_cli.render.text.words import ENGLISH, Words

SCRIPTS = ("rows.js", "strips.js", "times.js")
"""The parts of the script, in order. Each may use names of earlier ones."""

BLANKS = re.compile(
    r"""(?P<literal>"[^"\n]*"|`[^`]*`|/(?![ *])[^/\n]+/[a-z]*)"""
    r"""| *(?P<sign>=>|&&|\|\||[!=]==|[=?:,;<>(){}\[\]]) *| (?P<operator>[-+*/]) (?![-+])"""
)
"""Matches literals of the script, which stay unchanged, and operators that need no blanks around them."""

LINE_ENDS = re.compile(r"(?<=[{(\[,;])\n|\n(?=[})\].?:])")
"""Matches line ends of the script that are not needed, because the statement continues."""

ACCENT = (
    ":root{{--link:{light}}}html{{border-top:4px solid var(--link)}}"
    "@media screen and (prefers-color-scheme:dark){{:root{{--link:{dark}}}}}"
)
"""The style rules for the owner's color."""


def render(
    summary: StatusSummary, words: Words = ENGLISH, options: PageOptions | None = None
) -> str:
    """Return the status page of `summary`: one HTML document that needs no other file.

    All of it can be read without its script. The first routes have rows, the others are summed up in one row,
    and `<unmatched>` comes last. The same summary and options give the same text. It can always be encoded in
    UTF-8.
    """
    options = options or PageOptions()
    words, templates = words.unbroken(), environment()
    accent = options.accent
    chosen = ACCENT.format(light=accent.light, dark=accent.dark) if accent else ""
    css = (
        style("style.css")
        + (style("timed.css") if any_duration(summary) else "")
        + (style("deploys.css") if summary.deploys else "")
        + _labels(words)
        + chosen
    )
    return templates.get_template("page.html").render(
        page=page_of(summary, words, options),
        policy=_policy(css, script()),
        style=css,
        script=script(),
        words=words,
        say=words.say,
        many=words.many,
    )


def _labels(words: Words) -> str:
    """Return the style that labels the figures on a phone, where the table has no headings."""
    labels = (
        (name, words.say(f"column.{name}").replace('"', "")) for name in ("requests", "failures")
    )
    return ":root{" + ";".join(f'--{name}:"{word} "' for name, word in labels) + "}"


@cache
def environment() -> Environment:
    """Return the environment of the templates. It escapes all output, and an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("flask_status_cli.render.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["breakable"] = breakable
    made.filters["dated"] = dated
    return made


@cache
def style(name: str) -> str:
    """Return a style sheet without comments and unneeded blanks."""
    text = re.sub(r"/\*.*?\*/", "", _source(name), flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?", r"\1", text.replace(": ", ":")).replace(";}", "}").strip()


@cache
def script() -> str:
    """Return the script without comments and unneeded blanks. Its parts share one scope of their own."""
    lines = (line.strip() for name in SCRIPTS for line in _source(f"script/{name}").splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    return f'"use strict";{{{LINE_ENDS.sub("", BLANKS.sub(_packed, code))}}}'


def _packed(found: re.Match[str]) -> str:
    return found["literal"] or found["sign"] or found["operator"]


def _source(name: str) -> str:
    return files("flask_status_cli.render.html").joinpath("templates", name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Return the content security policy. It allows this style, this script and images in the page only."""
    rules = (
        "default-src 'none'",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(rules)


def _digest(text: str) -> str:
    """Return the hash by which a content security policy allows a style or a script."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
