"""nginx configurations: which access logs they name, and in which formats."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from flask_status_cli.errors import ConfigError
from flask_status_cli.formats import parse_line
from flask_status_cli.formats.logformat.nginx_configuration import (
    access_logs,
    is_stream,
    missing_includes,
    templates,
)
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
    assert problems[0] == "nginx sends it to syslog; read the log that syslog writes"
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


def test_without_any_access_log_nginx_writes_the_default_log(tmp_path: Path) -> None:
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
        ("http { access_log off; server { access_log off; } }", "access_log is off everywhere"),
        (
            "location /health { access_log off; }",
            "access_log is off in it; give the nginx.conf that",
        ),
        (
            "http { access_log off; include sites/*.conf; }",
            r"access_log is off in it, and no file matches its include sites/\*.conf; give the nginx.conf",
        ),
        ("http { access_log off; } stream { include b/*; }", "access_log is off everywhere"),
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


def logs(tmp_path: Path, text: str) -> dict[str, NginxLog]:
    conf = tmp_path / "nginx.conf"
    conf.write_text(text)
    return {log.path: log for log in access_logs(str(conf))}


def test_missing_included_files_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/site.conf").write_text("server { access_log /srv/site.log; }")
    found = logs(
        tmp_path,
        """
        include modules.conf;
        http {
          include mime.types; include uwsgi_params; include conf.d/*.conf; include nothing/*.conf;
          include /gone/formats.conf;
          access_log /srv/main.log main;
        }
        """,
    )
    assert {path: log.format for path, log in found.items()} == {
        "/srv/site.log": "combined",
        "/srv/main.log": None,
    }
    # what nginx includes for other purposes is not told, nor a pattern that matches nothing
    missing = missing_includes(str(tmp_path / "nginx.conf"))
    assert missing == (str(tmp_path / "modules.conf"), "/gone/formats.conf")


def test_a_link_to_a_file_that_is_not_here_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """Debian's sites-enabled has links with absolute paths, which lead nowhere in a copy elsewhere."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/shop").symlink_to("/etc/nginx/sites-available/no-such-site")
    (tmp_path / "sites/blog").write_text("server { access_log /srv/blog.log; }")
    found = logs(tmp_path, "http { access_log /srv/main.log; include sites/*; }")
    assert set(found) == {"/srv/blog.log", "/srv/main.log"}
    assert missing_includes(str(tmp_path / "nginx.conf")) == (str(tmp_path / "sites/shop"),)


def test_each_log_has_its_file_and_line_even_after_an_included_file(tmp_path: Path) -> None:
    (tmp_path / "mime.types").write_text("types { text/html html; }")
    found = logs(tmp_path, "http {\ninclude mime.types;\naccess_log /srv/a.log;\n}")
    assert found["/srv/a.log"].where == f"{tmp_path}/nginx.conf:3"


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("syslog:server=unix:/dev/log,nohostname", "nginx sends it to syslog"),
        ("memory:32m", "nginx keeps it in its memory"),
        ('"pipe:rollback logs/a.log"', "nginx sends it to another program"),
        ('"|/usr/bin/cronolog /srv/%Y.log"', "nginx sends it to another program"),
        ("/dev/null", "nothing of it is kept"),
    ],
)
def test_a_target_that_is_no_file_is_a_problem(tmp_path: Path, target: str, problem: str) -> None:
    (log,) = logs(tmp_path, f"http {{ access_log {target}; }}").values()
    assert log.format is None
    assert (log.problem or "").startswith(problem)


def test_the_output_of_nginx_is_no_file_but_its_format_is_known(tmp_path: Path) -> None:
    (log,) = logs(
        tmp_path, f"http {{ log_format main '{MAIN}'; access_log /dev/stdout main if=$loggable; }}"
    ).values()
    assert (log.format, log.conditional) == (MAIN, True)
    assert (log.problem or "").startswith("nginx writes /dev/stdout where it runs: docker logs")
    (tmp_path / "access.log").symlink_to("/dev/stdout")  # as nginx's image has it
    assert is_stream(str(tmp_path / "access.log"))
    assert not is_stream(str(tmp_path / "nginx.conf"))


@pytest.mark.parametrize(
    ("servers", "default"),
    [
        ("server { access_log /srv/a.log; }", False),
        ("server { access_log off; } server { access_log /srv/a.log; }", False),
        ("server { access_log /srv/a.log; } server { listen 81; }", True),
        ("upstream u { server a; } server { location / { access_log /srv/a.log; } }", True),
    ],
)
def test_nginx_writes_the_default_log_only_for_a_server_without_access_log(
    tmp_path: Path, servers: str, default: bool
) -> None:
    found = logs(tmp_path, f"http {{ {servers} }}")
    assert ("/var/log/nginx/access.log" in found) is default


@pytest.mark.parametrize(
    ("options", "format_", "conditional"),
    [
        ("main buffer=32k flush=5s", MAIN, False),
        ("main gzip=4 flush=1m if=$loggable", MAIN, True),
        ("if=$loggable", "combined", True),
        ("combined gzip", "combined", False),
        ("", "combined", False),
    ],
)
def test_options_of_a_log_are_no_format(
    tmp_path: Path, options: str, format_: str, conditional: bool
) -> None:
    text = (
        f"log_format main '{MAIN}'; server {{ access_log /srv/$server_name-access.log {options}; }}"
    )
    (log,) = logs(tmp_path, f"http {{ {text} }}").values()
    assert (log.path, log.format, log.conditional) == ("/srv/*-access.log", format_, conditional)


def test_programs_in_a_configuration_are_skipped(tmp_path: Path) -> None:
    found = logs(
        tmp_path,
        """
        load_module modules/x.so;
        http {
          init_by_lua_block { local s = "access_log /no.log;" if s then return end }
          map $status $loggable { ~^[23] 0; default 1; }
          server {
            vhost_traffic_status_display;
            location / { content_by_lua_block { ngx.say("}") } access_log /srv/a.log; }
          }
          access_log off;
        }
        """,
    )
    assert list(found) == ["/srv/a.log"]


STAMP = "[23/Nov/2026:10:05:42 +0000]"
TAIL = '502 5 "-" "curl/8"'


@pytest.mark.parametrize(
    ("escape", "text", "line"),
    [
        # a variable of the configuration that holds the URI, as GitLab and Jitsi have it
        (
            "",
            '$remote_addr [$time_local] "$request_method $filtered_request_uri $server_protocol" $status',
            f'192.0.2.7 {STAMP} "GET /a?b HTTP/1.1" 502',
        ),
        (
            "escape=json",
            '{"time":"$time_iso8601","m":"$request_method","u":"$loggable_uri","s":$status}',
            '{"time":"2026-11-23T10:05:42+00:00","m":"GET","u":"/a?b","s":502}',
        ),
        # a header that nginx has checked
        (
            "",
            "$time_iso8601 $host $request_method $request_uri $content_length $status $request_time",
            "2026-11-23T10:05:42+00:00 shop.example GET /a?b - 502 0.010",
        ),
        # a client of the configuration's own, or what a proxy says
        (
            "",
            '$remote_addr_anon - $remote_user [$time_local] "$request" $status $body_bytes_sent',
            f'192.0.2.0 - - {STAMP} "GET /a?b HTTP/1.1" 502 5',
        ),
        (
            "",
            '$http_x_forwarded_for - $remote_user [$time_local] "$request" $status $body_bytes_sent',
            f'203.0.113.5, 10.1.2.3 - - {STAMP} "GET /a?b HTTP/1.1" 502 5',
        ),
        (
            "",
            '$remote_addr xff="$http_x_forwarded_for" - $remote_user [$time_local] "$request" $status',
            f'192.0.2.7 xff="a, b" - - {STAMP} "GET /a?b HTTP/1.1" 502',
        ),
        (
            "",
            '$time_iso8601 $request_method "$scheme://$http_host$request_uri" $status',
            '2026-11-23T10:05:42+00:00 GET "https://shop.example:8443/a?b" 502',
        ),
        (  # without the method, as in many formats for Elasticsearch
            "escape=json",
            '{ "@timestamp": "$time_iso8601", "url": "$request_uri", "status": "$status" }',
            '{ "@timestamp": "2026-11-23T10:05:42+00:00", "url": "/a?b", "status": "502" }',
        ),
        (
            "",
            (
                '{"ip": "$remote_addr", "path": "$request_uri", "status": "$status", "length": $bytes_sent, '
                '"generation_time_milli": $request_time, "date": "$time_iso8601"}'
            ),
            (
                '{"ip": "192.0.2.7", "path": "/a?b", "status": "502", "length": 5, '
                '"generation_time_milli": 0.012, "date": "2026-11-23T10:05:42+00:00"}'
            ),
        ),
        (
            "",
            r"time:$time_iso8601\tmethod:$request_method\turi:$request_uri\tstatus:$status",
            "time:2026-11-23T10:05:42+00:00\tmethod:GET\turi:/a?b\tstatus:502",
        ),
    ],
)
def test_formats_as_people_have_them_are_read(
    tmp_path: Path, escape: str, text: str, line: str
) -> None:
    conf = f"http {{ log_format own {escape} '{text}'; access_log /srv/a.log own; }}"
    name = logs(tmp_path, conf)["/srv/a.log"].format
    assert name is not None
    found = parse_line(line.encode(), order=(name,), zone=UTC)
    assert isinstance(found, LogEntry), found
    target = (found.target or "").removeprefix("https://shop.example:8443")
    assert (found.minute, found.method, target, found.status) == (29_923_805, "GET", "/a?b", 502)


def test_a_key_of_the_configuration_has_the_unit_of_its_variable(tmp_path: Path) -> None:
    text = '{"t":"$time_iso8601","r":"$request","s":$status,"responseTimems":"$request_time"}'
    conf = f"http {{ log_format own escape=json '{text}'; access_log /srv/a.log own; }}"
    name = logs(tmp_path, conf)["/srv/a.log"].format
    assert name is not None
    line = b'{"t":"2026-11-23T10:05:42Z","r":"GET /a HTTP/1.1","s":200,"responseTimems":"0.123"}'
    found = parse_line(line, order=(name,), zone=UTC)
    assert isinstance(found, LogEntry)
    assert found.duration == 123_000


def test_a_time_of_the_configuration_with_milliseconds_is_a_time(tmp_path: Path) -> None:
    conf = """
    map "$time_iso8601 # $msec" $time_iso8601_ms { "~(^[^+]+)(\\+[0-9:]+) # \\d+\\.(\\d+)$" $1.$3$2; }
    map $time_iso8601 $timestamp { "~(.*)T(.*)[+]" "$1 $2"; }
    log_format a escape=json '{"at":"$time_iso8601_ms","r":"$request","s":$status}';
    log_format b '$time_iso8601_ms $remote_addr "$request" $status';
    log_format c escape=json '{"x":"$timestamp","r":"$request","s":$status}';
    access_log /srv/a.log a; access_log /srv/b.log b; access_log /srv/c.log c;
    """
    found = logs(tmp_path, f"http {{ {conf} }}")
    lines = {
        "/srv/a.log": b'{"at":"2026-11-23T10:05:42.310+00:00","r":"GET /a HTTP/1.1","s":502}',
        "/srv/b.log": b'2026-11-23T10:05:42.310+00:00 192.0.2.7 "GET /a HTTP/1.1" 502',
        "/srv/c.log": b'{"x":"2026-11-23 10:05:42","r":"GET /a HTTP/1.1","s":502}',
    }
    for path, line in lines.items():
        name = found[path].format
        assert name is not None, found[path].problem
        assert parse_line(line, order=(name,), zone=UTC) == LogEntry(29_923_805, "GET", "/a", 502)


def test_a_record_of_several_lines_is_refused(tmp_path: Path) -> None:
    text = '{\n"time":"$time_iso8601",\n"request":"$request",\n"status":$status\n}'
    conf = f"http {{ log_format own escape=json '{text}'; access_log /srv/a.log own; }}"
    (log,) = logs(tmp_path, conf).values()
    assert (log.format, log.problem) == (
        None,
        "log_format own: a record is several lines; write it as one line",
    )


PRINTED = f"""# configuration file /etc/nginx/nginx.conf:
events {{}}
http {{
  log_format main '{MAIN}';
  include /etc/nginx/mime.types;
  include conf.d/*.conf;
  include "/etc/nginx/sites-enabled/*";
  include /etc/nginx/gone.conf;
}}

# configuration file /etc/nginx/mime.types:
types {{ text/html html; }}

# configuration file /etc/nginx/conf.d/a.conf:
server {{ access_log /srv/a.log main; }}

# configuration file /etc/nginx/sites-enabled/shop:
server {{
  access_log /srv/shop.log main;
}}
"""


def test_what_nginx_prints_with_all_its_files_is_read(tmp_path: Path) -> None:
    """`docker exec web nginx -T > nginx.txt` has a configuration that no file on this machine has."""
    found = logs(tmp_path, PRINTED)
    assert {path: (log.format, log.where) for path, log in found.items()} == {
        "/srv/a.log": (MAIN, "/etc/nginx/conf.d/a.conf:1"),
        "/srv/shop.log": (MAIN, "/etc/nginx/sites-enabled/shop:2"),
    }
    assert missing_includes(str(tmp_path / "nginx.conf")) == ("/etc/nginx/gone.conf",)


@pytest.mark.parametrize(
    "path",
    [
        "/srv/{{ name }}_access.log main",
        "/srv/<%= @name %>.log main",
        "syslog:server={{ .Cfg.Server }}",
    ],
)
def test_a_log_that_a_template_fills_in_is_not_read(tmp_path: Path, path: str) -> None:
    text = f"http {{\n access_log /srv/a.log;\n access_log {path};\n }}"
    found = logs(tmp_path, text)
    assert found.pop("/srv/a.log").format == "combined"
    (log,) = found.values()
    assert (log.format, log.problem) == (
        None,
        "a template fills in its path: give what nginx reads: nginx -T prints it",
    )
    assert templates(str(tmp_path / "nginx.conf")) == (f"{tmp_path}/nginx.conf:3",)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("http {\n access_log {{ path }};\n", r":2: it is a template, which nginx"),
        ("server {\n access_log {{LOGS}}/a.log main;\n}", r":2: it is a template, which nginx"),
        ("server {\n <% if x %>\n access_log off;\n}", r":2: it is a template, which nginx"),
        ("# How to\n\n`server {`\n\nIt's easy\n", "it is not an nginx configuration|unexpected"),
    ],
)
def test_what_is_no_configuration_is_named(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "nginx.conf").write_text(text)
    with pytest.raises(ConfigError, match=what):
        access_logs(str(tmp_path / "nginx.conf"))
