"""The virtual host of a line, where the log names one."""

from __future__ import annotations

from datetime import UTC

import pytest

from flask_status_cli.formats import parse_line
from flask_status_cli.model import LogEntry

STAMP = "[23/Nov/2026:10:05:42 +0000]"
ANSWER = f'{STAMP} "GET /a HTTP/1.1" 200 5'
BALANCED = "https 2026-11-23T10:05:42.186641Z app/web/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.001 0.012"
HTTPLOG = "192.0.2.7:51242 [23/Nov/2026:10:05:42.703] web app/app1 0/0/1/12/13 200 512 - - ---- 1/1/0/0/0 0/0"
ENVOY = '[2026-11-23T10:05:42.310Z] "GET /a HTTP/2" 200 - 0 512 12 11 "192.0.2.7" "curl/8.5" "-"'
TIME = '"time":"2026-11-23T10:05:42Z"'
REQUEST = '"request":"GET /a HTTP/1.1"'
NGINX = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'


@pytest.mark.parametrize(
    ("text", "line", "host"),
    [
        # Apache's vhost_combined: %v:%p %h %l %u %t ...
        (None, f'shop.example:443 192.0.2.7 - - {ANSWER} "-" "x"', "shop.example:443"),
        (None, f'app 192.0.2.7 - bob {ANSWER} "-" "x"', "app"),
        (None, f"127.0.1.1:80 2001:db8::1 - - {ANSWER}", "127.0.1.1:80"),
        (None, f"_ 192.0.2.7 - - {ANSWER}", "_"),
        (None, f" 192.0.2.7 - - {ANSWER}", None),  # nginx's $host of a request without one
        (None, f"web-1 | shop.example:80 192.0.2.7 - - {ANSWER}", "shop.example:80"),
        # a client, a user and a list of proxies are no virtual host
        (None, f"192.0.2.7 - - {ANSWER}", None),
        (None, f"client.example.net - - {ANSWER}", None),
        (None, f"client.example.net - john doe {ANSWER}", None),
        (None, f"192.0.2.7, 192.0.2.8 - - {ANSWER}", None),
        (None, f"192.0.2.7 10.0.0.1 - {ANSWER}", None),
        # lighttpd: %h %V %u
        (None, f"192.0.2.7 shop.example - {ANSWER}", "shop.example"),
        # nginx, before and behind the request
        (f"$host {NGINX}", f"shop.example 192.0.2.7 - - {ANSWER}", "shop.example"),
        (
            f'{NGINX} "$http_referer" "$host"',
            f'192.0.2.7 - - {ANSWER} "-" "shop.example"',
            "shop.example",
        ),
        (f"{NGINX} $server_name", f"192.0.2.7 - - {ANSWER} shop.example", "shop.example"),
        (f'{NGINX} "$http_host"', f'192.0.2.7 - - {ANSWER} "shop.example:80"', "shop.example:80"),
        (f"{NGINX} $host", f"192.0.2.7 - - {ANSWER}", None),  # the line was cut
        (f"{NGINX} $host", f"192.0.2.7 - - {ANSWER} -", None),
        (
            "$host $time_iso8601 $status $request_method $request_uri",
            "shop.example 2026-11-23T10:05:42+00:00 200 GET /a",
            "shop.example",
        ),
        (
            "$time_iso8601 $status $request_method $request_uri $server_name",
            "2026-11-23T10:05:42+00:00 200 GET /a shop.example",
            "shop.example",
        ),
        # the host that the server chose wins over what was asked for
        (
            f'{NGINX} "$http_host" $server_name',
            f'192.0.2.7 - - {ANSWER} "evil.example" shop.example',
            "shop.example",
        ),
        ('%V %h %t "%r" %>s', f'shop.example 192.0.2.7 {STAMP} "GET /a HTTP/1.1" 200', "shop.example"),
        (
            '%h %t "%r" %>s "%{Host}i"',
            f'192.0.2.7 {STAMP} "GET /a HTTP/1.1" 200 "shop.example"',
            "shop.example",
        ),
        # lines that name their parts
        (None, f'{{{TIME},{REQUEST},"status":200,"host":"h.example"}}', "h.example"),
        (
            None,
            '{"ts":1795514742.5,"request":{"method":"GET","host":"h.example:443","uri":"/a"},"status":200}',
            "h.example:443",
        ),
        (
            None,
            f'{{"RequestHost":"h.example","RequestMethod":"GET","RequestPath":"/a","DownstreamStatus":200,{TIME}}}',
            "h.example",
        ),
        (
            "json:host=where,status=code",
            f'{{{TIME},{REQUEST},"code":200,"where":"h.example","host":"web1"}}',
            "h.example",
        ),
        # in LTSV `host` is the client (ltsv.org)
        (
            None,
            "time:2026-11-23T10:05:42Z\thost:c.example\tvhost:h.example\treq:GET /a HTTP/1.1\tstatus:200",
            "h.example",
        ),
        (
            None,
            "time:2026-11-23T10:05:42Z\thost:client.example\treq:GET /a HTTP/1.1\tstatus:200",
            None,
        ),
        # load balancers write the whole address; HAProxy does for HTTP/2, and names no captured header
        (
            None,
            f'{BALANCED} 0.000 200 200 34 366 "GET https://shop.example:443/a HTTP/2.0" "curl/8.5" - -',
            "shop.example:443",
        ),
        (None, f'{HTTPLOG} "GET https://shop.example/a HTTP/2.0"', "shop.example"),
        (None, f'{HTTPLOG} {{shop.example|curl}} "GET /a HTTP/1.1"', None),
        (None, f'{ENVOY} "shop.example" "10.0.0.1:80"', "shop.example"),
        # what a visitor writes into a request is no host of another server's log
        (None, f'192.0.2.7 - - {STAMP} "GET http://evil.example/ HTTP/1.1" 200 5', None),
    ],
)  # fmt: skip
def test_a_line_names_its_virtual_host(text: str | None, line: str, host: str | None) -> None:
    found = parse_line(line.encode(), order=None if text is None else (text,), zone=UTC)
    assert isinstance(found, LogEntry), found
    assert found.host == host
