"""The names that servers and loggers give to the parts of a request: in JSON, LTSV, logfmt and W3C logs.

Names are compared without case and punctuation. The names of the objects around a key come before it:
`http.response.status_code`, as one key or in three objects, is `httpresponsestatuscode`. If a line has
several names of a part, the first one with a possible value is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from flask_status_cli.formats.durations import (
    EITHER,
    FRACTION,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
    UNKNOWN,
)

STATUS = (
    "downstreamstatus",  # Traefik, whose OriginStatus is the app's
    "httprequeststatus",  # Google Cloud
    "httpresponsestatuscode",  # ECS, OpenTelemetry
    "edgeresponsestatus",  # Cloudflare
    "statuscode", "status", "responsestatuscode", "responsestatus", "responsecode", "httpstatuscode",
    "httpstatus",
    "httpresponsecode", "resstatuscode", "resstatus", "respstatus", "respstatuscode", "respcode", "rescode",
    "requeststatus",  # `status` in an object `request`
    "returncode", "scstatus", "elbstatuscode", "httpcode", "httpresponsestatus", "code", "st",
    "response",  # Logstash's COMBINEDAPACHELOG
)  # fmt: skip
"""The status of the answer to the client. `upstream_status` is not used: it is another server's status."""

REQUEST = (
    "request", "requestline", "requestfirstline", "req", "httprequest", "firstline",
    "requestrequestline", "reqline",
    "requestedurl",  # logback-access
)  # fmt: skip
"""Names of a whole request line: `GET / HTTP/1.1`."""

METHOD = (
    "requestmethod", "httprequestmethod", "httprequestrequestmethod", "clientrequestmethod", "reqmethod",
    "csmethod",
    "method", "httpmethod", "verb", "httpverb", "reqtype", "requesttype", "requestverb",
)  # fmt: skip

TARGET = (
    "requesturi", "requestpath", "clientrequesturi", "httprequestrequesturl", "requesturl", "requesttarget",
    "requestoriginalurl", "requrl", "requri", "reqpath", "reqoriginalurl", "urloriginal", "urlfull",
    "xenvoyoriginalpath", "xenvoyoriginpath", "httptarget", "httpurl", "originalurl", "rawpath", "csuri",
    "uri",
    "url", "target", "fullpath", "csuristem", "clientrequestpath", "urlpath", "httppath", "path", "pathinfo",
    "requestpathinfo", "documenturi", "uripath", "endpointpath", "httprequestpath", "httprequesturl",
    "httprequesturi", "resourcepath",
    "resource",  # Google App Engine
    "requesteduri",  # logback-access, without the query
)  # fmt: skip
QUERY = (
    "requestquerystring", "requestquery", "urlquery", "csuriquery", "querystring", "query", "args",
    "reqquery", "querystr",
    "httpquery", "requestargs", "rawquerystring",
)  # fmt: skip

TIME = (
    "startutc", "startlocal",  # Traefik stamps the beginning of a request
    "timestamp", "time", "timelocal", "timeiso8601", "ts", "starttime", "edgestarttimestamp", "datetime",
    "date",
    "msec", "eventtime", "asctime", "requesttime", "requesttimestamp", "timestampms", "timems", "t",
    "dt", "logtime",
    "localtime", "timeutc", "timelocaliso", "timereceived", "receivetimestamp", "edgeendtimestamp", "created",
    "createdat", "accesstime", "realtimetimestamp", "timerepr", "utctime", "when", "startedat",
    "recordtimerepr",
    "recordtimetimestamp", "endtime", "timestart", "start", "httptime",
    "requesttimeepoch", "reqtimesec", "writtenat", "timestampseconds", "timestampdate", "timegenerated",
)  # fmt: skip
DATE = ("date", "logdate")
"""Names of a date, for lines with the time of day in another field."""

HOST = (
    "requesthost", "httprequesthost", "clientrequesthost", "httphost", "vhost", "virtualhost",
    "authority", "cshost",
    "xhostheader", "host", "servername", "reqhost", "reqheadershost", "requestheadershost", "urldomain",
    "domain",
)  # fmt: skip

DURATION: Mapping[str, str] = MappingProxyType(
    {"latencyhuman": SECONDS}
    | dict.fromkeys(
        (
            "durationus", "durationmicros", "micros", "us", "requestdurationus", "timetakenus",
            "requesttimetaken",
            "requesttimeus",
            "responsetimeus", "elapsedus", "latencyus", "timeus", "durationmicroseconds", "reqtimemicrosec",
            "durationusec", "httpdurationus", "requestusec", "requestmicroseconds", "responsetimeusec",
        ),
        MICROSECONDS,
    )
    | dict.fromkeys(
        (
            "eventduration", "durationns", "elapsedns", "latencyns", "httpdurationns",
            "totalns",  # Linkerd
        ),
        NANOSECONDS,
    )
    | dict.fromkeys(
        (
            "durationms", "requestdurationms", "requesttimems", "responsetimems", "responsems", "elapsedms",
            "latencyms", "tookms", "timetakenms", "durationmillis", "durationmsec", "timeelapsedms", "ms",
            "executiontimems", "processingtimems", "processtimems", "totaltimems", "duratonms", "respms",
            "totalduration",  # Railway
            "latenciesrequest",  # Kong
            "turnaroundtimemsec",  # Akamai
            "httpdurationms", "httprequestdurationms", "httpresponsedurationms", "responsedurationms",
            "respelapsedms", "reselapsedms", "resresponsetimems", "respdurationms", "resdurationms",
            "msecs",  # uWSGI's variable, as are `micros` and `secs`
            "responsetimemilliseconds", "durationmilliseconds", "elapsedmilliseconds", "latencymilliseconds",
            "durationinms", "responsetimeinms", "latencyinms", "elapsedtimems", "requestlatencyms", "totalms",
            "totaldurationms", "exectimems", "runtimems", "costms", "costtimems", "timecostms",
            "handletimems", "requestmsec", "requestmilliseconds",
        ),
        MILLISECONDS,
    )
    | dict.fromkeys(
        (
            "requesttime", "reqtime", "apptime", "httprequestlatency", "durationseconds",
            "durations", "durationsec", "latencyseconds", "elapsedseconds", "elapsedsec",
            "secs",
            "requesttimeseconds", "responsetimeseconds", "elapsedtimeseconds", "responsetimes",
            "requesttimes",
            "httpserverrequestduration",  # OpenTelemetry
            "requestsec", "requestseconds",
            "timetakenseconds", "takensec", "bodytime", "requestprocessingtime",
        ),
        SECONDS,
    )
    | dict.fromkeys(
        (
            "duration", "responsetime", "restime", "elapsed", "elapsedtime", "latency", "timetaken", "took",
            "processtime", "processingtime", "responseduration", "totaltime", "runtime", "exectime",
            "executiontime", "timespent", "responselatency", "httpduration", "resresponsetime",
            "resptime", "edgetimetofirstbytems", "timeelapsed", "costtime", "timecost", "rt",
            "requestduration", "requestlatency",
        ),
        EITHER,
    )
    | dict.fromkeys(
        (
            "cost", "handletime", "handlertime", "usetime", "usedtime", "timeused", "spendtime", "spenttime",
            "consumetime", "timeconsuming", "servicetime", "elapse",
        ),
        UNKNOWN,
    )
    | dict.fromkeys(("upstreamresponsetime", "upstreamtime", "service"), SECONDS)
)  # fmt: skip
"""Names of the duration of a request, with its unit. Of those without a known unit, only `12ms` is read."""

WITHOUT_UNIT = frozenset(name for name, unit in DURATION.items() if unit == EITHER)
"""Names of durations that show no unit."""

AS_WRITTEN: Mapping[str, str] = MappingProxyType(
    {"Duration": NANOSECONDS, "Elapsed": MILLISECONDS, "response-time": MILLISECONDS}
)
"""Names of durations in which case and punctuation matter, with the unit.

They are those of Traefik, of Serilog (.NET) and of Express' morgan, whose token is `:response-time`.
"""

CADDY = tuple(
    frozenset(("request", "duration", "size", "status", other))
    for other in ("user_id", "resp_headers", "bytes_read")
)
"""The keys of Caddy's access log: all those of one of these sets.

A time without an offset is in UTC, unless Caddy's option `time_local` is set. A duration is a number of
seconds with a fraction. With `duration_format` it may also be a whole number: of milliseconds or nanoseconds.
Sources: `modules/logging/encoders.go` of Caddy 2.11. Caddy 2.6 writes nanoseconds for `ms`, too.
"""

CLOUDFRONT = frozenset(("date", "time", "x-edge-location"))
"""Keys of CloudFront's logs as JSON. Their times are in UTC."""

BESIDE: Mapping[str, tuple[tuple[frozenset[str], str], ...]] = MappingProxyType(
    {
        "duration": (
            (frozenset(("req_content_length",)), NANOSECONDS),  # kamal-proxy
            (frozenset(("controller", "action")), MILLISECONDS),  # Rails with lograge
            *((keys, FRACTION) for keys in CADDY),
            (frozenset(("start_time", "response_code")), MILLISECONDS),  # Envoy, Istio
            (frozenset(("req", "res")), MILLISECONDS),  # bunyan-middleware, koa-bunyan-logger
        ),
        "time-taken": ((CLOUDFRONT, SECONDS),),
        "responseTime": ((frozenset(("req", "res")), MILLISECONDS),),  # pino-http, express-winston
        "elapsed_time": ((frozenset(("requested_uri",)), MILLISECONDS),),  # logback-access
        "latency": (
            (frozenset(("time", "status", "length")), NANOSECONDS),  # slog-http, for Go
            (frozenset(("remote_ip", "bytes_in", "bytes_out")), NANOSECONDS),  # Echo, for Go
            (frozenset(("upstream_latency", "apisix_latency")), MILLISECONDS),  # APISIX's loggers
        ),
    }
)
"""Names of durations whose unit other keys of the object show: all these keys, and the unit."""

LOGGER = ("logger", "loggername")
ROUTE_KEY = ("routekey",)
"""The name of `GET /users/{id}` in logs of HTTP APIs of Amazon's API Gateway."""
PATH_KEYS = ("endpoint", "route")
"""Names of a path, if the value begins with a slash and there is no target. Other logs name a view there."""

CONTAINERS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            "jsonpayload", "protopayload", "source", "content", "result", "span",
            "nginx", "apache", "traefik", "caddy",
            "fields", "data", "extra", "record", "recordextra", "context", "ctx",
            "access", "log",
            "attributes", "message", "msg", "payload", "accesslog", "meta", "metadata", "props",
            "properties", "details",
            "structured", "body", "params", "jsonmessage",
        ),
        "",
    )
    | {
        name: name
        for name in (
            "event",
            "latencies",
            "request", "req", "response", "res", "resp", "http", "httprequest", "httpresponse", "url",
            "reqheaders",
            "requestheaders", "requesturl", "recordtime", "responsehttp", "timestamp",
        )
    }
    | {"time": "recordtime"}  # loguru's `record` has it
)  # fmt: skip
"""The objects that are searched, and the prefix of the names in each. For some it is empty."""

DEPTH = 4
"""The most objects within each other that are searched."""

KNOWN = frozenset(
    (
        *STATUS,
        *REQUEST,
        *METHOD,
        *TARGET,
        *QUERY,
        *TIME,
        *DATE,
        *HOST,
        *DURATION,
        *LOGGER,
        *ROUTE_KEY,
        *PATH_KEYS,
    )
)

_PUNCTUATION = re.compile(r"[^0-9a-z]")


@lru_cache(maxsize=1 << 12)
def plain(name: str) -> str:
    """Return a name in lower case without punctuation; an empty text for a very long name."""
    return _PUNCTUATION.sub("", name.lower()) if len(name) < 80 else ""
