"""The table of servers whose lines are read by one pattern each. To add a server, add an entry and a case.

A pattern begins after the prefixes of carriers and loggers. Its groups are `time`, `status`, `host`, `took`
(and `took2`, `took3`, which are added to it), and either `request`, or `method` with `target` and maybe
`query`. If the server escapes quotes, any text may follow the status. If not, the pattern reaches to the end
of the line, and the request is greedy. Sources: the servers' own code, or their makers' documentation.
"""

from __future__ import annotations

from flask_status_cli.formats.durations import MICROSECONDS, MILLISECONDS, SECONDS
from flask_status_cli.formats.prefixes.carriers import CLOCK, COLORS, SGR
from flask_status_cli.frozen import frozen

_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_SLASHED = rb"\d\d/" + _MONTH + rb"/\d{4}"
_ISO = rb"\d{4}-\d\d-\d\dT" + CLOCK + rb"(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
_WORD = rb'[^\s"]{1,300}'
_ADDRESS = (
    rb"(?:(?=[0-9A-Fa-f]{0,4}[.:])[0-9A-Fa-f.:]{2,45}(?:%\w{1,32})?|\[[0-9A-Fa-f:.%\w]{2,60}\]|localhost|<local>"
    rb"|unix:[^\s\"]{0,100}|None|unknown|testclient|-)(?::\d{1,5})?"
)
_CLIENT = rb"(?:" + _ADDRESS + rb"(?:,(?! )" + _ADDRESS + rb"){0,8}|)"
_METHOD = rb"(?P<method>[A-Za-z-]{1,32})"
_VERSION = rb"HTTP/\d(?:\.\d)?"
_SIZE = rb"(?:\d{1,19}|-)"
_STATUS = rb"(?P<status>\d{3})"
_CONTROLS = rb"(?>(?:\x1b\[[0-9;]{0,24}[A-Za-z]){0,4})"
_OTHER_STAMP = rb" \[(?:" + _SLASHED + rb":|\d{4}-\d\d-\d\d[T ])" + CLOCK + rb"[^\]]{1,16}\] \""
_GREEDY = rb'"(?P<request>.*)" '


@frozen
class Server:
    """A server and its access lines.

    - `writers`: the server's name for people. `example`: one of its lines.
    - `pattern`: see the module. `sign`: a text that every line has.
    - `again`: the pattern of the beginning of another record in the same line.
    - `unit`: the unit of `took`. `local`: its times have no offset.
    - `escape`: how it escapes quotes and control characters in a request: `backslash`, `hash`, or empty if it
      does not.
    - `any_level`: its logger logs failed requests at other levels than INFO.
    - `authority`: a host in the target is the virtual host.
    - `utc`: its times are in UTC, and do not say so.
    """

    name: str
    writers: str
    example: str
    pattern: bytes
    again: bytes = b""
    sign: bytes = b""
    unit: str = SECONDS
    local: bool = False
    escape: str = ""
    any_level: bool = False
    authority: bool = False
    utc: bool = False


SERVERS = (
    Server(
        "haproxy",
        "HAProxy with option httplog or httpslog",
        "192.0.2.7:51242 [23/Nov/2026:10:05:42.703] web app/app1 0/0/1/12/13 200 512 - - ---- 1/1/0/0/0 0/0 "
        '"GET /users/7 HTTP/1.1"',
        rb"\S{0,80}:\d{1,5} \[(?P<time>" + _SLASHED + rb":" + CLOCK
        + rb"\.\d{3})\] \S{1,200} [^\s/]{1,200}/\S{1,200} "
        rb"[-+\d]{1,10}/[-+\d]{1,10}/[-+\d]{1,10}/[-+\d]{1,10}/(?:-1|\+?(?P<took>\d{1,10})) "
        rb"(?P<status>\d{3}|-1) \+?\d{1,19} \S{1,300} \S{1,300} \S{4} [\d/+-]{1,60} \d{1,9}/\d{1,9} "
        rb"(?:\{[^{}\"]*\} ){0,2}\"(?P<request>[^\"]*)",
        sign=b"/",
        again=rb" \[" + _SLASHED + rb":" + CLOCK + rb"\.\d{3}\] ",
        unit=MILLISECONDS,
        local=True,
        escape="hash",
        authority=True,
    ),
    Server(
        "uwsgi",
        "uWSGI",
        "[pid: 12|app: 0|req: 1/1] 192.0.2.7 () {38 vars in 696 bytes} [Mon Nov 23 10:05:42 2026] "
        "GET /users/7 => "
        "generated 47 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes (1 switches on core 0)",
        rb"(?:\[uWSGI\] )?(?:\{[a-z ]{1,40} usage: \d{1,19} bytes/\d{1,12}MB\} ){0,2}"
        rb"(?:" + _DAY + rb" " + _MONTH + rb" [ \d]\d " + CLOCK + rb" \d{4} - )?"
        rb"\[pid: \d{1,10}\|app: [-\w]{1,40}\|req: [-\d/]{1,40}\] "
        rb"(?:[0-9A-Fa-f:.]{2,45}, ){0,8}\S{0,128} \((?:[^)]|\)(?! \{))*+\) "
        rb"\{\d{1,9} vars in \d{1,9} bytes\} \[(?P<time>" + _DAY + rb" " + _MONTH + rb" [ \d]\d " + CLOCK
        + rb" \d{4})\] (?P<method>\S{1,64}) (?P<target>\S*) => generated \d{1,19} bytes in "
        rb"(?P<took>\d{1,18} (?:msecs|micros)) (?:via \S{1,40} )?\(.* (?P<status>\d{3})\) \d{1,9} headers in "
        rb"\d{1,9} bytes \(\d{1,9} switches on core \d{1,6}\)$",
        sign=b"=> generated ",
        again=rb"\[pid: \d{1,10}\|app: ",
        local=True,
    ),
    Server(
        "tornado",
        "Tornado and Jupyter",
        "[I 261123 10:05:42 web:2591] 200 GET /users/7 (192.0.2.7) 0.70ms",
        rb"(?:\[[DIWEC] (?P<time>(?:\d{6}|\d{4}-\d\d-\d\d) " + CLOCK
        + rb"(?:\.\d{3})?) \w{1,40}(?: \w{1,40})?(?::\d{1,6})?\] " + COLORS + rb")?(?P<status>\d{3}) "
        + _METHOD + rb" (?P<target>.*) \([^\s()]{0,64}\) (?P<took>\d{1,12}\.\d\dms)"
        + COLORS + rb"(?: referer=\S{1,4000})?$",
        sign=b"ms",
        again=rb"\[[DIWEC] \d{6} " + CLOCK + rb" web:\d{1,6}\] ",
        local=True,
        any_level=True,
    ),
    Server(
        "gevent",
        "gevent's pywsgi, Flask-SocketIO",
        '192.0.2.7 - - [2026-11-23 10:05:42] "GET /users/7 HTTP/1.1" 200 512 0.000149',
        _CLIENT + rb" - - \[(?P<time>\d{4}-\d\d-\d\d " + CLOCK + rb")\] " + _GREEDY + _STATUS + rb" " + _SIZE
        + rb" (?:-|(?P<took>\d{1,9}\.\d{1,9}))$",
        sign=b" - - [",
        again=rb" - - \[\d{4}-\d\d-\d\d " + CLOCK + rb"\] \"",
        local=True,
    ),
    Server(
        "eventlet",
        "eventlet",
        '192.0.2.7 - - [23/Nov/2026 10:05:42] "GET /users/7 HTTP/1.1" 200 512 0.000264',
        _CLIENT + rb" - - \[(?P<time>" + _SLASHED + rb" " + CLOCK + rb")\] " + _GREEDY + _STATUS
        + rb" " + _SIZE
        + rb" (?P<took>\d{1,9}\.\d{1,9})$",
        sign=b" - - [",
        again=rb" - - \[" + _SLASHED + rb" " + CLOCK + rb"\] \"",
        local=True,
    ),
    Server(
        "django",
        "Django's runserver",
        '[23/Nov/2026 10:05:42] "GET /users/7 HTTP/1.1" 200 512',
        rb"(?:\[(?P<time>" + _SLASHED + rb" " + CLOCK + rb")\] )?" + SGR
        + rb'{0,3}"(?P<request>[A-Z]{3,20} .*)" ' + _STATUS
        + rb" " + _SIZE + SGR + rb"{0,3}$",
        sign=b'"',
        again=rb"(?<! - - )\[" + _SLASHED + rb" " + CLOCK + rb"\] (?:" + SGR + rb"){0,3}\"",
        local=True,
        any_level=True,
    ),
    Server(
        "daphne",
        "daphne",
        '192.0.2.7:51202 - - [23/Nov/2026:10:05:42] "GET /users/7" 200 512',
        _CLIENT + rb" - - \[(?P<time>" + _SLASHED + rb":" + CLOCK + rb")\] \"" + _METHOD
        + rb" (?P<target>.*)\" "
        + _STATUS + rb" " + _SIZE + rb"$",
        sign=b" - - [",
        again=rb" - - \[" + _SLASHED + rb":" + CLOCK + rb"\] \"",
        local=True,
    ),
    Server(
        "cherrypy",
        "CherryPy",
        '192.0.2.7 - - [23/Nov/2026:10:05:42] "GET /users/7 HTTP/1.1" 200 512 "" "curl/8.5"',
        _CLIENT + rb" \S{1,60} \S{1,60} \[(?P<time>" + _SLASHED + rb":" + CLOCK
        + rb')\] "(?P<request>(?:[^"\\]++|\\.)*+)" ' + _STATUS + rb" " + _SIZE + rb' ".*"$',
        sign=b" [",
        again=rb" - - \[" + _SLASHED + rb":" + CLOCK + rb"\] \"",
        local=True,
        escape="backslash",
    ),
    Server(
        "hypercorn",
        "Hypercorn",
        "[2026-11-23 10:05:42 +0000] [7] [INFO] 192.0.2.7:38824 - - [23/Nov/2026:10:05:42 +0000] "
        '"GET /users/7 1.1" 200 512 "-" "curl/8.5"',
        _CLIENT + rb" - - \[(?P<time>" + _SLASHED + rb":" + CLOCK
        + rb' [+-]\d{4})\] "(?P<request>(?:(?!" \d{3} ).)*+(?:(?<= 1\.[01])|(?<= [23])))" ' + _STATUS
        + rb" " + _SIZE + rb" \"(?:(?!\" \d{3} ).)*+$",
        sign=b" - - [",
        again=rb" - - \[" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4}\] \"",
    ),
    Server(
        "granian",
        "Granian",
        '[2026-11-23 10:05:42 +0000] 192.0.2.7 - "GET /users/7 HTTP/1.1" 200 0.191',
        rb"\[(?P<time>\d{4}-\d\d-\d\d " + CLOCK + rb" [+-]\d{4})\] " + _CLIENT + rb" - " + _GREEDY + _STATUS
        + rb" (?P<took>\d{1,12}\.\d{1,6})$",
        sign=b' - "',
        again=rb"\[\d{4}-\d\d-\d\d " + CLOCK + rb" [+-]\d{4}\] " + _CLIENT + rb" - \"",
        unit=MILLISECONDS,
    ),
    Server(
        "uvicorn",
        "uvicorn, where a time stands before the line",
        '2026-11-23T10:05:42Z INFO:     192.0.2.7:52342 - "GET /users/7 HTTP/1.1" 200 OK',
        rb" {0,12}" + _CLIENT + rb' - "' + COLORS + _METHOD + rb" (?P<target>[^\s]*) " + _VERSION
        + COLORS + rb'" '
        + COLORS + _STATUS + rb"(?![\d.])(?: ?[A-Za-z][^\"]{0,60}| )?" + COLORS
        + rb"(?: {2,300}(?:httptools|h11)_impl\.py:\d{1,5} ?)?$",  # rich writes the file behind the message
        sign=b' - "',
        again=rb' - "[A-Z]{3,16} /',
    ),
    Server(
        "sanic",
        "Sanic",
        "Main |2026-11-23 10:05:42 +0000 INFO: 192.0.2.7:51200 GET http://shop.example/users/7 200 512 "
        " 0.4ms",
        rb"(?:\[|(" + _CONTROLS + rb"[\w ]{1,40}" + _CONTROLS + rb"\|))?(?P<time>\d{4}-\d\d-\d\d " + CLOCK
        + rb" [+-]\d{4})(?(1)" + _CONTROLS + rb" " + _CONTROLS + rb"(?:INFO|ACCESS)" + _CONTROLS + rb": "
        + _CONTROLS + rb"[^\s\x1b]{1,80} " + _CONTROLS
        + rb"|\]? (?:- \(sanic\.access\)\[INFO\]\[[^\s\]]{0,80}\]|"
        rb"(?:\[\d{1,9}\] )?(?:\[\w{1,8}\] )?Access): (?:\[[^\s\]]{0,80}\] )?)"
        rb"(?!NONE http:///\* 5)"  # the client closed the connection before it sent a request
        + _METHOD
        + rb" (?P<target>[^\s\x1b]{1,8000})" + _CONTROLS + rb" {1,3}" + _CONTROLS
        + rb"(?P<status>\d{3}) (?:\S{1,19} {1,2}" + _CONTROLS + rb" ?(?P<took>\d{1,12}\.\dms))?",
        sign=b"://",
        again=rb"\(sanic\.access\)\[INFO\]|\|" + _CONTROLS + rb"\d{4}-\d\d-\d\d " + CLOCK + rb" [+-]\d{4}",
        authority=True,
    ),
    Server(
        "aws_alb",
        "AWS Application Load Balancer",
        "https 2026-11-23T10:05:42.186641Z app/web/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.001 0.012 "
        '0.000 200 200 34 366 "GET https://shop.example:443/users/7 HTTP/2.0" "curl/8.5" - -',
        rb"(?:https?|h2|wss?|grpcs) (?P<time>" + _ISO + rb") \S{1,200} \S{1,80} \S{1,80} "
        rb"(?:-1|(?P<took>[\d.]{1,20})) (?:-1|(?P<took2>[\d.]{1,20})) (?:-1|(?P<took3>[\d.]{1,20})) "
        rb'(?P<status>\d{3}|-) (?:\d{3}|-) -?\d{1,19} -?\d{1,19} "(?P<request>[^"]*)"',
        sign=b' "',
        again=rb" (?:https?|h2|wss?|grpcs) " + _ISO + rb" (?:app|net)/",
        authority=True,
    ),
    Server(
        "aws_elb",
        "AWS Classic Load Balancer",
        "2026-11-23T10:05:42.945958Z web 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "
        '"GET http://shop.example:80/users/7 HTTP/1.1" "curl/8.5" - -',
        rb"(?:(?P<time>" + _ISO + rb") )?[\w-]{1,64} \S{1,80}:\d{1,5} (?:\S{1,80}:\d{1,5}|-) "
        rb"(?:-1|(?P<took>[\d.]{1,20})) (?:-1|(?P<took2>[\d.]{1,20})) (?:-1|(?P<took3>[\d.]{1,20})) "
        rb'(?P<status>\d{3}|-) (?:\d{1,3}|-) \d{1,19} \d{1,19} "(?P<request>[^"]*)"',
        sign=b' "',
        again=_ISO + rb" [\w-]{1,64} \S{1,80}:\d{1,5} ",
        authority=True,
    ),
    Server(
        "cloudfront",
        "Amazon CloudFront, also where its #Fields line is missing",
        "2026-11-23\t10:05:42\tIAD89-C3\t335\t192.0.2.7\tGET\td1.cloudfront.net\t/users/7\t200\t-\tcurl/8.5\t-\t-\tMiss\t"
        "id==\tshop.example\thttps\t123\t0.338\t-\tTLSv1.3",
        rb"(?P<time>\d{4}-\d\d-\d\d\t" + CLOCK + rb")\t[A-Z0-9-]{3,20}\t\d{1,19}\t[^\t]{1,64}\t" + _METHOD
        + rb"\t[^\t]{1,255}\t(?P<target>[^\t]{1,9000})\t(?P<status>\d{3})"
        rb"\t[^\t]*\t[^\t]*\t(?P<query>[^\t]*)\t[^\t]*\t"
        rb"[^\t]*\t[^\t]*\t(?P<host>[^\t]*)\t[^\t]*\t[^\t]*\t(?P<took>[\d.]{1,20})(?=\t|$)",
        sign=b"\t",
        utc=True,
    ),
    Server(
        "envoy",
        "Envoy and Istio",
        '[2026-11-23T10:05:42.310Z] "GET /users/7 HTTP/2" 200 - 0 512 12 11 "192.0.2.7" "curl/8.5" "-" '
        '"shop.example"',
        rb"(?:ACCESS )?\[(?P<time>" + _ISO + rb')\] "(?P<request>[^"]*)" (?P<status>\d{1,3}) '
        rb'(?:\S{1,60} (?:\S{1,80} \S{1,200} "[^"]*" )?\d{1,19} \d{1,19} (?P<took>\d{1,12}) )?'
        rb'(?:(?:\d{1,12}|-) "[^"]*" "[^"]*" "[^"]*" "(?P<host>[^"]*)")?',
        sign=b'] "',
        again=rb"\[" + _ISO + rb'\] "',
        unit=MILLISECONDS,
    ),
    Server(
        "gorouter",
        "Cloud Foundry's router",
        'shop.example - [2026-11-23T10:05:42.310582Z] "GET /users/7 HTTP/1.1" 200 0 512 "-" "curl/8.5" '
        '"192.0.2.7:1"',
        rb"(?P<host>[\w.:-]{1,255}) - \[(?P<time>" + _ISO + rb')\] "(?P<request>[^"]*)" ' + _STATUS
        + rb'(?: (?:.*? response_time:"?(?P<took>[\d.]{1,20}))?|$)',
        sign=b'] "',
        again=rb" - \[" + _ISO + rb'\] "',
    ),
    Server(
        "gin",
        "GIN, a framework for Go",
        '[GIN] 2026/11/23 - 10:05:42 | 200 |     129.125µs |       192.0.2.7 | GET      "/users/7"',
        rb"\[GIN\] (?P<time>\d{4}/\d\d/\d\d - " + CLOCK + rb") \|" + COLORS + rb" {1,3}(?P<status>\d{3}) "
        + COLORS + rb"\|" + COLORS + rb" {1,20}(?P<took>[\d.a-z\xb5\xc2]{2,30}) " + COLORS
        + rb"\| {1,40}[^\s|]{0,64} \|" + COLORS + rb" " + _METHOD + rb" {1,32}" + COLORS
        + rb' {0,1}"(?P<target>(?:[^"\\]++|\\.)*+)"$',
        sign=b"[GIN] ",
        local=True,
        escape="backslash",
    ),
    Server(
        "squid",
        "Squid, in its own format",
        "1795428342.310    129 192.0.2.7 TCP_MISS/200 5120 GET http://shop.example/users/7 - "
        "HIER_DIRECT/10.0.0.2 text/html",
        rb"(?P<time>\d{9,10}\.\d{3}) {1,6}(?P<took>\d{1,12}) \S{1,255} [A-Z][A-Z_]{2,60}/(?P<status>\d{3}) "
        rb"\d{1,19} (?:\S{1,32} error:\S{1,60}|" + _METHOD + rb" (?P<target>\S{1,9000})) \S{1,255} "
        rb"[A-Z][A-Z_]{2,60}/\S{1,255} \S{1,255}(?: |$)",
        sign=b"/",
        again=rb"\d{9,10}\.\d{3} {1,6}\d{1,12} \S{1,255} [A-Z][A-Z_]{2,60}/\d{3} ",
        unit=MILLISECONDS,
        authority=True,
    ),
    Server(
        "zoraxy",
        "Zoraxy",
        "[2026-11-23 10:05:42.123456] [router:host-http] [origin:shop.example] [client: 192.0.2.7] "
        "[useragent: curl/8.5] GET /users/7 200",
        rb"(?:\d{4}/\d\d/\d\d " + CLOCK + rb" )?"
        rb"\[(?P<time>\d{4}-\d\d-\d\d " + CLOCK + rb"\.\d{6})\] \[router:[\w-]{1,64}\] "
        rb"\[origin:(?P<host>[^\]\s]{0,255})\] \[client:? [^\]\s]{0,255}\] (?:\[useragent: .*\] )?"
        rb"(?P<method>[!-~]{1,32}) (?P<target>\S{1,9000}) (?P<status>\d{3})$",
        sign=b"[router:",
        again=rb"\[\d{4}-\d\d-\d\d " + CLOCK + rb"\.\d{6}\] \[router:",
        local=True,
    ),
    Server(
        "npm",
        "Nginx Proxy Manager",
        '[23/Nov/2026:10:05:42 +0000] - 200 200 - GET https shop.example "/users/7" [Client 192.0.2.7] '
        '[Length 512] '
        '[Gzip -] [Sent-to 10.0.0.2] "curl/8.5" "-"',
        rb"\[(?P<time>" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4})\] (?:\S{1,40} (?:\d{3}|-) )?"
        + _STATUS + rb" - "
        + _METHOD + rb" https? (?P<host>[^\s\"]{1,255}) \"(?P<target>(?:[^\"\\]++|\\.)*+)\" \[Client ",
        sign=b"[Client ",
        again=rb"\[" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4}\] (?:\S{1,40} (?:\d{3}|-) )?\d{3} - ",
        escape="backslash",
    ),
    Server(
        "npmplus",
        "NPMplus",
        '[23/Nov/2026:10:05:42 +0000] shop.example 192.0.2.7 0.012 "GET /users/7 HTTP/2.0" 200 512 935 - '
        "curl/8.5",
        rb"\[(?P<time>" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4})\] (?P<host>[^\s\"]{1,255}) " + _ADDRESS
        + rb' (?P<took>\d{1,9}\.\d{3}) "(?P<request>(?:[^"\\]++|\\.)*+)" ' + _STATUS
        + rb" \d{1,19} \d{1,19} ",
        sign=b"] ",
        again=rb"\[" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4}\] [^\s\"]{1,255} " + _ADDRESS
        + rb' \d{1,9}\.\d{3} "',
        escape="backslash",
    ),
    Server(
        "apisix",
        "Apache APISIX",
        '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] shop.example "GET /users/7 HTTP/1.1" 200 512 0.012 "-" '
        '"curl/8.5" 10.0.0.2:80 200 0.011 "http://shop.example"',
        _CLIENT + rb" - (?:[^:\[\"]{1,100}) \[(?P<time>" + _SLASHED + rb":" + CLOCK
        + rb' [+-]\d{4})\] (?P<host>[^\s"]{1,255}) "(?P<request>(?:[^"\\]++|\\.)*+)" ' + _STATUS
        + rb" \d{1,19} (?P<took>\d{1,9}\.\d{3}) ",
        sign=b"] ",
        again=rb" - (?:[^:\[\"]{1,100}) \[" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4}\] ",
        escape="backslash",
    ),
    Server(
        "aws_api_gateway",
        "Amazon API Gateway, in its common log format",
        '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000]"GET /users/{id} HTTP/1.1" 200 512 '
        "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        _CLIENT + rb" \S{1,300} \S{1,300} \[(?P<time>" + _SLASHED + rb":" + CLOCK
        + rb' [+-]\d{4})\]"(?P<request>[^"]*)" ' + _STATUS + rb" " + _SIZE + rb"(?: |$)",
        sign=b']"',
        again=rb" \[" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4}\]\"",
    ),
    Server(
        "cpanel",
        "cPanel and WHM",
        '192.0.2.7 - ann [11/23/2026:10:05:42 -0000] "GET /cpsess1/users/7 HTTP/1.1" 200 0 "-" "curl/8.5" '
        '"s" "-" 2083',
        _CLIENT + rb" - [^:\[\"]{1,100} \[(?P<time>\d\d/\d\d/\d{4}:" + CLOCK
        + rb' [+-]\d{4})\] "(?P<request>(?:[^"\\]++|\\.)*+)" ' + _STATUS + rb" " + _SIZE
        + rb' "(?:[^"\\]++|\\.)*+" "(?:[^"\\]++|\\.)*+" "[a-z-]{1,8}" "(?:[^"\\]++|\\.)*+" \d{2,5}$',
        sign=b'] "',
        again=rb" - [^:\[\"]{1,100} \[\d\d/\d\d/\d{4}:" + CLOCK + rb" [+-]\d{4}\] ",
        escape="backslash",
    ),
    Server(
        "quart",
        "Quart's development server",
        "[2026-11-23 10:05:42 +0000] [7] [INFO] 192.0.2.7:51202 GET /users/7 1.1 200 512 1234",
        _CLIENT + rb" (?!-)" + _METHOD + rb" (?P<target>(?=[/*h]).*) 1\.[01] " + _STATUS + rb" " + _SIZE
        + rb" (?P<took>\d{1,12})$",
        sign=b" 1.",
        again=rb"(?<![\w.:])[0-9A-Fa-f.:]{2,45}:\d{1,5} [A-Z]{3,16} /",
        unit=MICROSECONDS,
    ),
    Server(
        "odoo",
        "Odoo",
        '2026-11-23 10:05:42,310 7 INFO shop werkzeug: 192.0.2.7 - - [23/Nov/2026 10:05:42] '
        '"GET /users/7 HTTP/1.1" 200 - 5 0.008 0.021',
        rb"(?:\d{4}-\d\d-\d\d " + CLOCK + rb",\d{3} \d{1,10} [A-Z]{4,8} \S{1,64} werkzeug: )?"
        + _CLIENT + rb" - - \[(?P<time>" + _SLASHED + rb" " + CLOCK + rb")\] " + COLORS + _GREEDY + _STATUS
        + rb" (?:-|\d{1,19}) " + COLORS + rb"(?:- - -|" + COLORS
        + rb"\d{1,6}" + COLORS + rb" " + COLORS + rb"(?P<took>\d{1,9}\.\d{3})" + COLORS + rb" " + COLORS
        + rb"(?P<took2>\d{1,9}\.\d{3}))" + COLORS + rb"$",
        sign=b" - - [",
        again=rb" - - \[" + _SLASHED + rb" " + CLOCK + rb"\] \"",
        utc=True,
    ),
    Server(
        "common_other_time",
        "servers that write the common log format with another form of time",
        '192.0.2.7 - - [2026-11-23T10:05:42.310Z] "GET /users/7 HTTP/1.1" 200 512',
        _CLIENT + rb" \S{1,300} [^:\[\"]{1,100} \[(?!" + _SLASHED + rb":" + CLOCK + rb" [+-]\d{4}\])"
        rb"(?P<time>(?:" + _SLASHED + rb":|\d{4}-\d\d-\d\d[T ])" + CLOCK
        + rb"(?:[.,]\d{1,9})? ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))\] "
        rb'"(?P<request>(?:[^"\\]++|\\.)*+)" ' + _STATUS + rb"(?: |$)"
        # A server that escapes nothing ends its request there.
        rb"(?!(?:(?!" + _OTHER_STAMP + rb').)* HTTP/\d(?:\.\d)?" \d{3}(?: |$))',
        sign=b"] \"",
        again=_OTHER_STAMP,
        escape="backslash",
    ),
)  # fmt: skip
"""Every server that is read by a pattern."""

BY_NAME = {one.name: one for one in SERVERS}
