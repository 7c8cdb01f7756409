"""The text that carriers of logs write before each line: collectors, process managers, terminals.

Each carrier has one known prefix. A line may have several (`docker compose logs -t` of an app under honcho).
A prefix must match as a whole: if an app prints text of a visitor, its words match no prefix.
"""

from __future__ import annotations

from functools import lru_cache

from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern

HEAD_BYTES = 512
"""The number of bytes that are searched for a prefix. No program writes a longer one."""


def any_of(*patterns: bytes) -> bytes:
    """Return an atomic group of alternatives: the first match is kept, so nothing is tried twice."""
    return b"(?>" + b"|".join(patterns) + b")"


SGR = rb"(?:\x1b\[[0-9;]{0,12}[mK])"
"""An escape sequence that sets a color, or erases a line of the terminal."""

# The escape character as others write it: rsyslog; cat -v; JSON, Python and C; editors; a Windows console; as
# a symbol; as a replacement character.
_ESCAPE = any_of(
    rb"\x1b", rb"#033", rb"\^\[", rb"\\{1,2}(?:u001[bB]|x1[bB]|033|e)", rb"<(?:1[bB]|ESC)>",
    rb"\xe2\x86\x90", rb"\xe2\x90\x9b", rb"\xef\xbf\xbd", rb"\?",
)  # fmt: skip
CHANGED_SGR = rb"(?:" + _ESCAPE + rb"?\[[0-9;]{1,12}m)"
"""A sequence that sets a color, even if its escape character was changed or dropped on the way."""

COLORS = rb"(?:" + any_of(SGR, CHANGED_SGR) + rb"{0,4})"

ADDRESS_ALONE = LazyPattern(rb"[0-9.]* - - ")
"""A client's address and nothing else. It is empty for a Unix socket. Most lines begin like this."""

_HEX = rb"[0-9A-Fa-f]{1,4}"
_SOME_HEX = rb"(?:" + _HEX + rb"(?::" + _HEX + rb"){0,6})?"
_IPV6_ALONE = LazyPattern(
    rb"(?:(?:" + _HEX + rb":){7}" + _HEX + rb"|" + _SOME_HEX + rb"::" + _SOME_HEX + rb") - - "
)


def is_address_alone(prefix: bytes) -> bool:
    """Return whether a prefix is a client's address and nothing else. Then it need not be examined closer."""
    return bool(ADDRESS_ALONE.fullmatch(prefix) or _IPV6_ALONE.fullmatch(prefix))


DATE = rb"\d{4}[-/]\d\d[-/]\d\d"
CLOCK = rb"\d\d:\d\d:\d\d"
_FRACTION = rb"(?:[.,]\d{1,9})?"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_SYSLOG_TIME = _MONTH + rb" [ \d]\d (?:\d{4} )?" + CLOCK + rb"(?:\.\d{1,9})?"
# As journalctl abbreviates the months in other languages: `nov`, `nov.`, `M\u00e4r`, `11\u6708`.
_LOCAL_TIME = (
    rb"(?:(?:[A-Za-z]|[\xc3-\xd1][\x80-\xbf]){3,5}\.?|[ 1]?\d\xe6\x9c\x88) [ \d]\d " + CLOCK
)
_SHORT_DATE = rb"(?:\d{1,4}[/.-](?:\d{1,2}|" + _MONTH + rb")(?:[/.-]\d{1,4})?[ :])?"

TIME = any_of(
    DATE + rb"[T _]" + CLOCK + _FRACTION + rb"(?:Z| ?[+-]\d\d:?\d\d| UTC| GMT)?",
    rb"(?:" + _DAY + rb" )?" + _SYSLOG_TIME + rb"(?: (?:[A-Z]{3,4} )?\d{4})?",
    rb"@[0-9a-f]{24}",  # TAI64N, as multilog and svlogd write it
    rb"\d{9,10}\.\d{1,9}",  # %(created)f
    rb"(?:I?\d{4}|\d{6}) " + CLOCK + _FRACTION,  # glog's and tornado's
    _SHORT_DATE + rb"\d\d:\d\d(?::\d\d)?" + _FRACTION + rb"(?: [AP]M)?",
)
"""The forms of time stamps that people configure for loggers, and ISO 8601."""

LEVELS = tuple(b"DEBUG INFO WARNING WARN ERROR CRITICAL FATAL TRACE NOTICE".split())
LEVEL = any_of(*LEVELS) + rb"(?![\w.=])"

# Carriers

_ISO = DATE + rb"[T ]" + CLOCK + rb"(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
_HOST = rb"(?: (?!" + LEVEL + rb")[\w.:-]{1,255})?"
_FACILITY = rb"(?: (?:kern|user|daemon|auth|syslog|cron|local[0-7])\.[a-z]{3,7})?"
_TAG = rb" (?!" + LEVEL + rb")[\w./@-]{1,128}(?:\[[\w.]{1,64}\])?:" + COLORS + rb" {1,2}"
_STRUCTURED = (
    rb"(?:-|(?:\[[^\s=\]\"]{1,64}(?: [^\s=\]\"]{1,64}=\"(?:[^\"\\\]]|\\.){0,400}\"){1,20}\]){1,8})"
)
_WORD5424 = rb" [\w./@:-]{1,255}"


@frozen
class Carrier:
    """A program that passes on a log line by line: its name, its prefix, and an example."""

    name: str
    pattern: bytes
    examples: tuple[bytes, ...]


# The first match is used. So if one prefix begins like another, the longer one comes first.
CARRIERS = (
    Carrier(
        "syslog (RFC 5424) and Heroku's drains",
        rb"(?:\d{1,6} )?<\d{1,3}>1 " + _ISO + any_of(
            # rsyslog leaves the blank that a message of RFC 3164 begins with
            _WORD5424 * 4 + rb" " + _STRUCTURED + rb" {1,2}(?:\xef\xbb\xbf)?",
            _WORD5424 * 3 + rb" - ",
        ),
        (
            b"<165>1 2026-11-28T10:00:00.123Z web1 nginx 12 - - ",
            b'<14>1 2026-11-28T10:00:00+01:00 web1 app - ID47 [x@1 a="b"] ',
            b"<190>1 2026-11-28T10:00:00+05:30 web1 nginx - - -  ",
            b"83 <40>1 2026-11-28T10:00:00+00:00 host app web.1 - ",
        ),
    ),
    Carrier(
        "the log page of Render",
        _MONTH + rb" {1,2}\d{1,2} " + CLOCK + rb" [AP]M {1,2}",
        (b"Nov 28 10:00:00 AM  ", b"Nov 8 10:00:00 PM  "),
    ),
    Carrier(
        "syslog (RFC 3164) and journalctl -o short",
        rb"(?:<\d{1,3}>)?" + _SYSLOG_TIME + rb"(?: <[a-z0-9]{1,9}\.[a-z]{1,9}>)?" + _HOST + _FACILITY + _TAG,
        (
            b"Nov 28 10:00:00 web1 nginx: ",
            b"<190>Nov 28 10:00:00 web1 nginx: ",
            b"<190>Nov  8 10:00:00 nginx: ",
            b"Nov 28 10:00:00.123456 web1 gunicorn[123]: ",
            b"Nov 28 10:00:00 web1 local7.info nginx: ",
            b"Nov 28 10:00:00 <local7.info> web1 nginx[1]: ",
        ),
    ),
    Carrier(
        "journalctl -o short in other languages",
        _LOCAL_TIME + _HOST + _TAG,
        (
            b"nov 28 10:00:00 web1 gunicorn[123]: ",
            b"nov. 28 10:00:00 web1 gunicorn[123]: ",
            b"M\xc3\xa4r 28 10:00:00 web1 gunicorn[123]: ",
            b"11\xe6\x9c\x88 28 10:00:00 web1 gunicorn[123]: ",
        ),
    ),
    Carrier(
        "journalctl -o short-full, with-unit, short-unix and short-monotonic",
        rb"(?:" + _DAY + rb" " + DATE + rb" " + CLOCK + rb"(?:\.\d{1,9})? [A-Z+0-9]{2,6}|\d{9,10}\.\d{1,9}"
        + rb"|\[ {0,6}\d{1,9}\.\d{1,9}\])" + _HOST + _TAG,
        (
            b"Sat 2026-11-28 10:00:00 UTC web1 shop.service[123]: ",
            b"1795860000.123456 web1 gunicorn[123]: ",
            b"[ 1234.567890] web1 gunicorn[123]: ",
        ),
    ),
    Carrier(
        "Fly.io",
        COLORS + DATE + rb"T" + CLOCK + rb"(?:\.\d{1,9})?Z?" + COLORS + rb" (?:app|proxy|runner)\[\w{1,64}\] "
        + COLORS + rb"[a-z]{3}" + COLORS + rb" \[" + COLORS + rb"(?:info|INFO)" + COLORS + rb"\] ?",
        (
            b"2026-11-28T10:00:00Z app[148e21] ams [info]",
            b"2026-11-28T10:00:00.123Z app[148e21] ams [info] ",
            b"2026-11-28T10:00:00.123 app[148e21] ams [info] ",
            b"\x1b[2m2026-11-28T10:00:00Z\x1b[0m app[148e21] \x1b[32mams\x1b[0m [\x1b[34minfo\x1b[0m]",
        ),
    ),
    Carrier(
        "Cloud Foundry",
        rb" {0,4}" + _ISO + rb" \[[A-Z]{2,8}(?:/[\w-]{1,32}){1,5}\] {1,4}(?:OUT|ERR) ",
        (b"   2026-11-28T10:00:00.12+0000 [APP/PROC/WEB/0] OUT ",),
    ),
    Carrier(
        "Kubernetes (CRI), podman",
        _ISO + rb" std(?:out|err) [FP] ",
        (b"2026-11-28T10:00:00.123456789Z stdout F ", b"2026-11-28T10:00:00.123456789+01:00 stderr F "),
    ),
    Carrier(
        "Heroku, Dokku",
        _ISO + _HOST + rb" (?:app|heroku)\[[\w.-]{1,64}\]:?" + COLORS + rb" ",
        (
            b"2026-11-28T10:00:00.123456+00:00 app[web.1]: ",
            b"\x1b[36m2026-11-28T10:00:00.123456+00:00 app[web.1]:\x1b[0m ",
            b"2026-11-28T10:00:00.123456+00:00 d.9173ea1f-6f14-4976 app[web.1] ",
        ),
    ),
    Carrier(
        "rsyslog, journalctl -o short-iso, Fastly",
        rb"(?:<\d{1,3}>)?" + _ISO + _HOST + _TAG,
        (
            b"<134>2026-11-28T10:00:00Z cache-ams21 shop[123]: ",
            b"2026-11-28T10:00:00+0000 web1 gunicorn[123]: ",
            b"2026-11-28T10:00:00.123456+00:00 web1 nginx: ",
        ),
    ),
    Carrier(
        "docker service logs",
        rb"(?:" + _ISO + rb" )?[\w.-]{1,200}\.\d{1,5}\.\w{4,40}@[\w.-]{1,200} *\| ",
        (
            b"shop_web.1.k2v3x4y5z6a7@node1    | ",
            b"2026-11-28T10:00:00.123456789Z shop_web.1.k2v3x4y5z6a7@node1    | ",
        ),
    ),
    Carrier(
        "aws logs tail",
        _ISO + rb" [\w.:$-]{1,200}(?:/[\w.:$\[\]-]{1,200}){1,6} ",
        (b"2026-11-28T10:00:00.123000+00:00 web/shop/0123456789abcdef ",),
    ),
    Carrier(
        "fluentd and Fluent Bit (out_file, stdout)",
        any_of(
            _ISO + rb"\t[\w.-]{1,200}\t",
            DATE + rb" " + CLOCK + _FRACTION + rb" [+-]\d{4} [\w.-]{1,200}: ",
        ),
        (
            b"2026-11-28T10:00:00+00:00\tdocker.web\t",
            b"2026-11-28 10:00:00.123456789 +0000 docker.web: ",
        ),
    ),
    Carrier(
        "promtail, logcli",
        _ISO + rb"[ \t]\{(?:\w{1,64}=\"(?:[^\"\\]|\\.){0,300}\"(?:, ?)?){0,30}\}[ \t]",
        (
            b'2026-11-28T10:00:00.123456789+0000\t{filename="/var/log/nginx/access.log", job="nginx"}\t',
            b'2026-11-28T10:00:00Z {app="shop"} ',
        ),
    ),
    Carrier(
        "DigitalOcean's App Platform",
        rb"\[[a-z][\w-]{0,62}\] \[" + DATE + rb" " + CLOCK + rb"\] ",
        (b"[web] [2026-11-28 10:00:00] ",),
    ),
    Carrier(
        "Passenger",
        rb"App \d{1,10} (?:output|stdout|stderr): ",
        (b"App 123 output: ", b"App 123 stdout: "),
    ),
    Carrier(
        "gcloud app logs",
        DATE + rb" " + CLOCK + rb" [\w-]{1,63}\[[\w-]{1,63}\] {1,2}",
        (b"2026-11-28 10:00:00 default[20261128t100000]  ",),
    ),
    Carrier(
        "Scalingo",
        DATE + rb" " + CLOCK + _FRACTION + rb" [+-]\d{4}(?: [A-Z]{2,5})? \[[a-z][\w-]{0,63}\] ",
        (b"2026-11-28 10:00:00 +0100 [web-1] ", b"2026-11-28 10:00:00.123456789 +0100 CET [web-1] "),
    ),
    Carrier(
        "pm2 with a date",
        TIME + rb": ",
        (b"2026-11-28T10:00:00: ", b"2026-11-28 10:00:00 +00:00: "),
    ),
    Carrier("circus", DATE + rb" " + CLOCK + rb" \[\d{1,10}\] \| ", (b"2026-11-28 10:00:00 [123] | ",)),
    Carrier(
        "coloredlogs",
        COLORS + DATE + rb" " + CLOCK + _FRACTION + COLORS + rb" " + COLORS + rb"[\w.-]{1,255}" + COLORS
        + rb" (?=" + COLORS + rb"(?:werkzeug|gunicorn\.access)\[\d{1,10}\])",
        (b"2026-11-28 10:00:00 web1 werkzeug[123] INFO ",),
    ),
    Carrier(
        "annotate-output",
        rb"(?:" + DATE + rb"[T ])?" + CLOCK + rb"(?:\.\d{1,9})? [OE]: ",
        (b"10:00:00 O: ", b"2026-11-28 10:00:00 E: ", b"2026-11-28 10:00:00.123456789 O: "),
    ),
    Carrier(
        "multilog, svlogd -t, s6-log t",
        rb"@[0-9a-f]{24} ",
        (b"@400000006b0c17c83b4eced4 ",),
    ),
    Carrier(
        "ts, tai64nlocal, svlogd -tt, s6-log T, before a JSON object",
        rb"\[?" + TIME + rb"\]? {1,2}(?=\{ ?\")",
        (
            b"Nov 28 10:00:00 ",
            b"00:00:01 ",
            b"[2026-11-28 10:00:00.123456] ",
            b"2026-11-28_10:00:00.12345 ",
            b"2026-11-28 10:00:00.123456789  ",
        ),
    ),
    Carrier(
        "docker logs -t, kubectl logs --timestamps",
        _ISO + rb" ",
        (b"2026-11-28T10:00:00.123456789Z ",),
    ),
    Carrier(
        "honcho, foreman, overmind, docker compose",
        rb"(?:" + CLOCK + rb"(?: [AP]M)? {1,4})?" + COLORS + rb"[\w.-]{1,128}" + COLORS
        + rb"[ \t]*\|" + COLORS + rb" {1,2}",
        (
            b"web-1  | ",
            b"\x1b[36mweb-1  |\x1b[0m ",
            b"10:00:00 web.1             | ",
            b"10:00:00 AM web.1 |  ",
        ),
    ),
    Carrier(
        "podman-compose",
        COLORS + rb"\[[\w.-]{1,128}\] {0,64}\|" + COLORS + rb" ",
        (b"[web]   | ", b"\x1b[1;32m[web] |\x1b[0m "),
    ),
    Carrier("pm2", rb"\d{1,4}\|[\w .@-]{1,100}? *\| ", (b"0|shop  | ", b"12|my shop | ")),
    Carrier("supervisor-stdout", rb"[\w.:-]{1,128} std(?:out|err) \| ", (b"shop stdout | ",)),
    Carrier(
        "kubectl logs --prefix",
        rb"\[pod/[\w.-]{1,253}/[\w.-]{1,253}\] ",
        (b"[pod/shop-6d4cf56db6-abcde/web] ",),
    ),
    Carrier(
        "kubetail, stern",
        rb"(?:\[[a-z0-9.-]{1,200}-[a-z0-9]{6,10}-[a-z0-9]{5}\]|(?:[a-z0-9-]{1,63}" + COLORS + rb" " + COLORS
        + rb")?[a-z0-9.-]{1,200}-[a-z0-9]{6,10}-[a-z0-9]{5}"
        + COLORS + rb" " + COLORS + rb"[a-z0-9-]{1,63})" + COLORS + rb" ",
        (
            b"[shop-6d4cf56db6-abcde] ",
            b"shop-6d4cf56db6-abcde web ",
            b"prod shop-6d4cf56db6-abcde web ",
        ),
    ),
    Carrier(
        "syslog without a time",
        any_of(
            rb"(?:<\d{1,3}>)?(?:[\w.-]{1,128} )?(?:nginx|openresty|haproxy|apache2|httpd|caddy|gunicorn|uwsgi"
            rb"|lighttpd|varnishncsa)(?:\[\d{1,10}\])?: ",
            rb"<\d{1,3}>",
        ),
        (b"haproxy[123]: ", b"web1 nginx: ", b"<190>nginx: ", b"<6>"),
    ),
    Carrier(
        "journalctl -o export and verbose",
        rb" {0,4}MESSAGE=",
        (b"MESSAGE=", b"    MESSAGE="),
    ),
    Carrier("concurrently", rb"\[\d{1,3}\] ", (b"[0] ",)),
)  # fmt: skip
"""Every known carrier. A test reads an access line after each example."""

MOST_CARRIERS = 4
"""The most prefixes of carriers that a line may have."""

ONE_CARRIER = (
    rb"(?:\xef\xbb\xbf)?(?>" + SGR + rb"{0,3})" + any_of(*(one.pattern for one in CARRIERS))
    + rb"(?>" + SGR + rb"{0,3})"
)  # fmt: skip
"""The prefix of one carrier. A custom format may begin with a time, which looks the same."""

COLLECTED = (
    rb"(?:\xef\xbb\xbf)?(?>" + SGR + rb"{0,3})(?>(?:" + any_of(*(one.pattern for one in CARRIERS))
    + rb"(?>" + SGR + rb"{0,3})){0,4})"
)  # fmt: skip
"""A byte order mark and the prefixes of up to four carriers, or nothing."""

_COLLECTED = LazyPattern(COLLECTED)


def after_carriers(line: bytes) -> int:
    """Return where a line begins after the prefixes of carriers."""
    return _after_carriers(line[:HEAD_BYTES])


@lru_cache(maxsize=8)
def _after_carriers(head: bytes) -> int:
    """Return the same for the beginning of a line. Each family asks for it, so the last answers are kept."""
    return _COLLECTED.match(head).end()  # type: ignore[union-attr]  # matches nothing, too
