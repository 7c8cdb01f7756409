"""Masks a part of a log for a public bug report: its form stays, personal data is removed.

Nobody knows where an unknown line has its secrets. So the code lists what may stay: a fixed list of words,
time stamps, and status codes in their usual places. Any other word becomes `xxx`, any other number `999`. A
query becomes `?*`, an address `x.x.x.x`. Punctuation stays. A word of letters and digits may be a token, so
its digits become `x`, too.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 1000
"""The number of characters that are masked. The rest is left out."""

QUERY = "?*"
"""The mask of a query of any length."""

_ADDRESS = "x.x.x.x"

# Words of servers, formats and protocols, so that a reader sees whose line it is. No names of people.
_WORDS = frozenset(
    """
    get head post put delete connect options trace patch propfind http https
    trace debug info notice warn warning error critical crit alert emerg fatal
    nginx apache httpd gunicorn uvicorn hypercorn uwsgi werkzeug waitress granian daphne tornado gevent
    haproxy caddy traefik envoy varnish lighttpd iis docker kubernetes systemd stdout stderr
    access log logger level severity msg message event type time ts timestamp date datetime utc z
    remote_addr remote_host remote_ip remote_port remote_user client client_ip clientip c_ip s_ip ip addr
    user username ident host hostname vhost server server_name port upstream upstream_addr upstream_status
    upstream_response_time request request_line request_method request_uri request_time request_id req
    method verb uri url path target query query_string args proto protocol scheme version
    status status_code code response res resp response_time duration elapsed latency took ms us micros msecs
    size bytes bytes_sent body_bytes_sent bytes_read length content_length referer referrer http_referer
    user_agent useragent agent http_user_agent http_x_forwarded_for x_forwarded_for forwarded headers
    resp_headers tls cipher worker process thread pid tid app vars in generated switches on core
    requestmethod requestpath requestprotocol downstreamstatus originstatus startutc startlocal clientaddr
    clienthost routername servicename fields software cs sc uri_stem stem true false null none local unix
    badreq handled main mainthread body_bytes body_time app_time ua xff name asctime levelname exc_info
    """.split()  # noqa: SIM905 - a table of words reads better as text
)

_TOKEN = re.compile(
    r"""
      (?P<query> \? [^\s"]* )
    | (?P<person> [\w.+-]+ @ [\w.-]+ )
    | (?P<stamp> (?<![0-9A-Fa-f:.]) (?:
          \d\d/[A-Z][a-z]{2}/\d{4}[:\ ]\d\d:\d\d:\d\d (?:[.,:]\d{1,9})? (?:\ [+-]\d{4})?
        | \d{4}[-/]\d\d[-/]\d\d[T\ ]\d\d:\d\d:\d\d (?:[.,]\d{1,9})? (?:Z|\ ?[+-]\d\d:?\d\d)?
        | (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\ )? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)
          \ [\ \d]\d\ \d\d:\d\d:\d\d (?:\.\d{1,9})? (?:\ (?:19|20)\d\d)?
        | \d\d:\d\d:\d\d (?:[.,]\d{1,9})?
      ) (?![\w:]) )
    | (?P<status> (?: "\ | (?<=HTTP/\d\.\d)\x20
        | \b(?:Downstream|Origin|upstream_)?[Ss]tatus(?:_?[Cc]ode)?"?[:=]\ ?"? ) \d{3} (?![\w.])
        | (?<![\w.:/=-]) [1-5]\d\d (?= [\ \t]+ (?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)[\ \t] ) )
    | (?P<version> \b HTTP/\d(?:\.\d)? (?![\w.]) )
    | (?P<control> (?: \x1b | \\(?:x|u00)[01][0-9A-Fa-f] ) (?:\[(?:\d\d?;){0,4}\d?\d?[mK])? )
    | (?P<v4> (?<![\w.]) \d{1,3}(?:\.\d{1,3}){3} (?!\w) )
    | (?P<v6> (?<![\w:.]) (?= [0-9A-Fa-f]{0,4} : [0-9A-Fa-f.]{0,15} : ) [0-9A-Fa-f:.]{2,45} (?:%\w{1,32})? )
    | (?P<word> \w+ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
# The status in columns: behind a method and a path, or behind a request line without quotes.
_COLUMN = r'"?[ ]?[,;|\t][ ]?"?'
_STATUS_COLUMN = re.compile(
    r"\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)(?:%s|[ ])[^\s\",;|]{1,900}"
    r"(?:(?:%s|[ ])HTTP/\d(?:\.\d)?)?%s([1-5]\d\d)(?=%s|\"?$)" % ((_COLUMN,) * 4),
    re.ASCII,
)
_KEPT = frozenset(("stamp", "status", "version", "control"))
_ALNUM = re.compile("[0-9A-Za-z]")
_NUMBER = re.compile("([0-9]+)((?:[mun]?s)?)")
_BLANKS = "\x85\ufeff"
_STATUS = re.compile(rb"\d{3}|-")

# Fields in which known words, times and status codes may stay. All other fields are masked completely.
_OPEN_FIELDS = frozenset(("time", "request", "method", "protocol", "before", "rest"))


def mask(text: bytes) -> str:
    """Return the beginning of a text from a log, masked. One line stays one line."""
    beginning = _beginning(text)
    column = _STATUS_COLUMN.search(beginning)
    status = -1 if column is None else column.start(1)
    return _TOKEN.sub(lambda one: one[0] if one.start() == status else _masked(one), beginning)


def mask_field(name: str, value: bytes) -> str:
    """Return the value of a field, masked. In a user name, for example, even known words are masked."""
    if name == "status" and _STATUS.fullmatch(value):
        return value.decode()
    if name in _OPEN_FIELDS:
        return mask(value)
    return _TOKEN.sub(_closed, _beginning(value))


def _beginning(text: bytes) -> str:
    return text[: 4 * LONGEST].decode("utf-8", "surrogateescape")[:LONGEST]


def _masked(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[0]
    if kind in _KEPT or (kind == "word" and text.lower() in _WORDS):
        return text
    return _closed(match)


def _closed(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[0]
    if kind == "query":
        return QUERY
    if kind == "v4":
        return _ADDRESS
    if kind == "v6":
        return _ALNUM.sub("x", text)
    if kind == "word" and (number := _NUMBER.fullmatch(text)):
        return "9" * len(number[1]) + number[2]
    return "".join(map(_shape, text))


def _shape(character: str) -> str:
    if character.isascii():
        return "x" if character.isalnum() else character
    blank = character in _BLANKS or unicodedata.category(character).startswith("Z")
    return character if blank else "x"
