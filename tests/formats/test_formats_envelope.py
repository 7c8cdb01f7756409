"""Lines that JSON objects carry, and JSON objects that are requests themselves."""

from __future__ import annotations

import json
from datetime import UTC

import pytest

from flask_status_cli.formats import Noise, Refusal, detect, message, parse_line
from flask_status_cli.model import LogEntry

COMBINED = '10.0.0.7 - - [28/Nov/2026:10:00:00 +0000] "GET /shop HTTP/1.1" 500 5 "-" "curl/8"'
WERKZEUG = '10.0.0.7 - - [28/Nov/2026 10:00:00] "\x1b[35mGET /shop HTTP/1.1\x1b[0m" 500 -'
ENTRY = LogEntry(29_931_000, "GET", "/shop", 500)


def read(**keys: object) -> LogEntry | Noise | Refusal:
    return parse_line(json.dumps(keys).encode(), zone=UTC)


@pytest.mark.parametrize("line", [COMBINED, WERKZEUG])
def test_an_access_line_in_a_json_object_is_read(line: str) -> None:
    # docker's json-file; python-json-logger; structlog; journalctl -o json; Google; pm2 --json; ECS.
    assert read(log=line + "\n", stream="stdout", time="2026-11-28T10:00:00.1Z") == ENTRY
    assert read(asctime="2026-11-28 10:00:00,1", name="gunicorn.access", message=line) == ENTRY
    assert read(event=line, level="info", logger="werkzeug") == ENTRY
    assert read(MESSAGE=line, _PID="12", PRIORITY="6") == ENTRY
    assert read(textPayload=line, severity="DEFAULT") == ENTRY
    assert read(message=line + "\n", type="out", process_id=0, app_name="shop") == ENTRY
    assert read(message=line, log={"logger": "werkzeug", "level": "info"}) == ENTRY
    # Azure's App Service; Graylog; Splunk; Elastic, twice; Google; Datadog; rsyslog's %msg%; nginx's own name
    assert read(resultDescription=line, category="AppServiceConsoleLogs") == ENTRY
    assert read(version="1.1", short_message=line, timestamp=1795860000.1) == ENTRY
    assert read(preview=False, result={"_raw": line, "_time": "2026-11-28T10:00:00Z"}) == ENTRY
    assert (
        read(_index="x", _source={"message": line, "@timestamp": "2026-11-28T10:00:00Z"}) == ENTRY
    )
    assert read(event={"original": line}, agent={"type": "filebeat"}) == ENTRY
    assert read(insertId="x", jsonPayload={"message": line}) == ENTRY
    assert read(id="x", attributes={"message": line, "timestamp": "2026-11-28T10:00:00Z"}) == ENTRY
    assert read(msg=" " + line, syslogtag="nginx:") == ENTRY
    assert read(message=line, logger="nginx.access") == ENTRY


def test_a_line_is_read_in_nested_objects_and_after_carriers_and_loggers() -> None:
    inner = json.dumps({"level": "INFO", "logger": "werkzeug", "message": WERKZEUG})
    assert read(log=inner + "\n", stream="stderr", time="2026-11-28T10:00:00.1Z") == ENTRY
    assert read(log="INFO:werkzeug:" + WERKZEUG + "\r\n", stream="stderr") == ENTRY
    for carrier in (
        "web-1  | ",
        "Nov 28 10:00:00 web1 shop[1]: ",
        "2026-11-28T10:00:00+00:00\tweb\t",
    ):
        assert parse_line((carrier + inner).encode(), zone=UTC) == ENTRY
    assert detect(inner.encode() + b"\n").name == "werkzeug"
    assert message(inner.encode()) == WERKZEUG.encode()


def test_a_request_in_fields_of_the_journal_is_read() -> None:
    journal = {"__REALTIME_TIMESTAMP": "1795860000123456", "MESSAGE": "done", "_PID": "7"}
    assert read(**journal, STATUS="500", METHOD="GET", PATH="/shop") == ENTRY
    assert read(**journal) == Noise("other text")


def test_a_json_record_of_an_app_is_no_entry() -> None:
    for line in (COMBINED, WERKZEUG):
        assert read(logger="shop", message=line) == Refusal("no known format")
        assert read(name="root", level="INFO", message=line) == Refusal("no known format")
        assert read(log={"logger": "shop"}, message=line) == Refusal("no known format")
        assert isinstance(read(logger="werkzeug", message="bob said " + line), Refusal)
        assert not isinstance(read(message="bob\n" + line), LogEntry)
        assert read(user=COMBINED) == Refusal("no known format")  # under a key that is not known
        assert read(jsonPayload={"message": line, "logger": "shop"}) == Refusal("no known format")
    assert read(logger="shop", message="GET /x 500") == Noise("log record")
    assert read(logger="werkzeug", message=" * Debug mode: off") == Noise("banner")
    assert read(message="User 17 logged in", level="info") == Noise("other text")
    error = "10.0.0.7 - - [28/Nov/2026 10:00:00] code 400, message Bad request syntax ('x')"
    assert read(logger="werkzeug", level="ERROR", message=error) == Noise("message of the server")


def test_a_json_object_that_lacks_a_part_of_its_request_is_refused() -> None:
    assert read(msg="handled request", request={"uri": "/"}, status=200) == Refusal("JSON line")
    assert read(httpRequest={"status": 200}, severity="INFO") == Refusal("JSON line")
    assert read(RequestPath="/", DownstreamStatus=200, level="info") == Refusal("JSON line")
    assert read(request="GET / HTTP/1.1", status=200) == Refusal("no time")
    assert read(status="started", worker=3) == Noise("other text")


@pytest.mark.parametrize(
    "line",
    [
        b"{}", b"{", b"}", b'{"log": null}', b'{"log": ""}', b'{"log": "\\n"}', b'{"log": 1}', b'{"a": NaN}',
        b'{"log": "\\ud800"}', b'{"log": "\xff\xfe"}', b'{"log": "a", "log": {"b": 1}}', b"{" * 5000 + b"}",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"a": ' + b"1" * 5000 + b"}",
        b"{[}", b'["log"]}',
        b'{"log": "{\\"log\\": \\"{}\\"}"}',
    ],
)  # fmt: skip
def test_broken_and_hostile_json_is_no_entry_and_no_error(line: bytes) -> None:
    assert not isinstance(parse_line(line, zone=UTC), LogEntry)


@pytest.mark.parametrize("name", ["time", "log"])
def test_an_object_with_a_repeated_key_has_no_entry(name: str) -> None:
    twice = '"time":"2026-11-23T10:05:42Z"' if name == "time" else '"log":"-"'
    line = (
        '{"log":"INFO:     192.0.2.7:5 - \\"GET /a HTTP/1.1\\" 404 Not Found","stream":"stdout",'
        f'{twice},"time":"2026-11-24T10:05:42Z"}}'
    ).encode()
    for order in (None, ("uvicorn",)):
        assert not isinstance(parse_line(line, order=order, zone=UTC), LogEntry)


@pytest.mark.parametrize(
    "line",
    [
        COMBINED,
        WERKZEUG,
        json.dumps(
            {"time": "2026-11-28T10:00:00Z", "request": "GET /shop HTTP/1.1", "status": 500}
        ),
    ],
)
def test_an_object_with_several_access_lines_is_refused(line: str) -> None:
    # pm2 7.0.4 with --log-type json: an object for each piece that it reads from the pipe of a program
    beside = {
        "timestamp": "2026-11-29T15:33:01.000Z",
        "type": "out",
        "process_id": 3,
        "app_name": "shop",
    }
    assert read(message=f"{line}\n", **beside) == ENTRY
    assert read(message=f"{line}\n{line}\n", **beside) == Refusal("two records in one line")
    assert read(message=f"a print\n{line}\n{line}\n", **beside) == Refusal(
        "two records in one line"
    )
    assert read(message="Traceback:\n  GET /shop\n", **beside) == Noise("other text")
