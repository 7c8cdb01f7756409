"""nginx configurations: which access logs they name, and in which formats."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from flask_status_cli.errors import ConfigError
from flask_status_cli.formats import parse_line
from flask_status_cli.formats.logformat.nginx_configuration import access_logs
from flask_status_cli.model import LogEntry, NginxLog

MAIN = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"'
)

CONF = """
events {}
http {
  log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                  '$status $body_bytes_sent "$http_referer"';
  log_format json escape=json '{"t":"$time_iso8601","m":"$request_method","u":"$request_uri",'
                              '"s":$status,"rt":$request_time,"up":"$upstream_status"}';
  log_format line escape=json '{"time":"$time_local","request":"$request","status":"$status"}';
  log_format raw escape=none '$remote_addr [$time_local] "$request" $status';
  access_log /var/log/nginx/access.log main buffer=32k flush=5s;
  access_log syslog:server=10.0.0.1,tag=nginx main;
  include sites/*.conf;
}
stream { log_format s '$remote_addr'; server { listen 1; access_log /var/log/nginx/stream.log s; } }
"""
SITE = """
server {
  access_log /var/log/nginx/api.json json;
  location / { access_log "/var/log/nginx/$host.log" line if=$loggable; }
  location /health { access_log off; }
}
server { access_log /srv/plain.log; access_log /srv/raw.log raw; access_log /srv/gone.log gone; }
"""


@pytest.fixture
def conf(tmp_path: Path) -> str:
    (tmp_path / "sites").mkdir()
    (tmp_path / "nginx.conf").write_text(CONF)
    (tmp_path / "sites/shop.conf").write_text(SITE)
    return str(tmp_path / "nginx.conf")


def test_all_access_logs_are_found_with_their_formats(conf: str) -> None:
    found = {log.path: log for log in access_logs(conf)}
    assert {path: log.format for path, log in found.items()} == {
        "/var/log/nginx/access.log": MAIN,
        "syslog:server=10.0.0.1,tag=nginx": None,
        "/var/log/nginx/api.json": "json:time=t,method=m,target=u,status=s,duration_s=rt",
        "/var/log/nginx/*.log": "json:time=time,request=request,status=status",
        "/srv/plain.log": "combined",
        "/srv/raw.log": None,
        "/srv/gone.log": None,
    }
    assert [path for path, log in found.items() if log.conditional] == ["/var/log/nginx/*.log"]
    assert found["/var/log/nginx/api.json"].where.endswith("sites/shop.conf:3")
    problems = [log.problem for log in found.values() if log.problem]
    assert problems[0] == "nginx sends it to syslog: read the log that syslog writes"
    assert problems[1].startswith("log_format raw: escape=none escapes no quotes")
    assert problems[2].startswith("log_format gone is not in the configuration")


@pytest.mark.parametrize(
    ("line", "took"),
    [
        (
            b'{"t":"2026-11-23T10:05:42+00:00","m":"GET","u":"/a","s":502,"rt":0.012,"up":"200"}',
            12_000,
        ),
        (b'web | {"t":"2026-11-23T10:05:42+00:00","m":"GET","u":"/a","s":502,"rt":0,"up":""}', 0),
    ],
)
def test_a_line_is_read_by_the_keys_of_the_configuration(conf: str, line: bytes, took: int) -> None:
    names = [log.format for log in access_logs(conf) if log.path.endswith("api.json")]
    found = parse_line(line, order=[name for name in names if name], zone=UTC)
    assert found == LogEntry(29_923_805, "GET", "/a", 502)
    assert isinstance(found, LogEntry)
    assert found.duration == took


def test_what_nginx_does_without_a_statement(tmp_path: Path) -> None:
    conf = tmp_path / "nginx.conf"
    conf.write_text("http { server { listen 80; } }")
    assert access_logs(str(conf)) == (
        NginxLog("/var/log/nginx/access.log", "combined", f"{conf}: no access_log in http"),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "nginx.conf: No such file or directory; run nginx -t"),
        ("server { listen 80; }", "it has no access_log"),
        ("http { include gone.conf; }", "No such file"),
        ("http { access_log /a.log", "unexpected end of file"),
        ("http } {", "unexpected"),
    ],
)
def test_a_configuration_that_cannot_be_read_is_named(
    tmp_path: Path, text: str | None, what: str
) -> None:
    conf = tmp_path / "nginx.conf"
    if text is not None:
        conf.write_text(text)
    with pytest.raises(ConfigError, match=what):
        access_logs(str(conf))
