"""What is published of a log: its shape, and nothing of the people in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.formats import mask, mask_field

MASKED = [
    # entries
    (
        b'203.0.113.7 - alice [23/Nov/2026:10:05:42 +0530] "GET /users/alice?t=1 HTTP/1.1" 404 512',
        'x.x.x.x - xxxxx [23/Nov/2026:10:05:42 +0530] "GET /xxxxx/xxxxx?* HTTP/1.1" 404 999',
    ),
    # an impossible date and a wrong status are not masked, because they are the reason of the refusal
    (b'10.0.0.1 - - [31/Feb/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 5',
     'x.x.x.x - - [31/Feb/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 9'),
    (b'10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" OK 5',
     'x.x.x.x - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" xx 9'),
    (b'10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 20 5',
     'x.x.x.x - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 99 9'),
    # other servers' lines
    (
        b"Nov  3 06:48:36 web1 haproxy[123]: 10.0.0.1:52342 [23/Nov/2026:06:48:36.703] fe be/srv1 200 5",
        "Nov  3 06:48:36 xxxx haproxy[999]: x.x.x.x:99999 [23/Nov/2026:06:48:36.703] xx xx/xxxx 999 9",
    ),
    (
        b'{"time":"2026-11-23T10:00:00.12+05:30","remote_addr":"2001:db8::1","status":503,"user":"bo"}',
        '{"time":"2026-11-23T10:00:00.12+05:30","remote_addr":"xxxx:xxx::x","status":503,"user":"xx"}',
    ),
    # the status in columns
    (b"10.0.0.1,2026-11-23 10:05:42,GET,/users/7,HTTP/1.1,404,512",
     "x.x.x.x,2026-11-23 10:05:42,GET,/xxxxx/9,HTTP/1.1,404,999"),
    (b'"10.0.0.1";"POST";"/a";"503";"512"', '"x.x.x.x";"POST";"/x";"503";"999"'),
    (b"10.0.0.1 | GET /a HTTP/1.1 | 200 | 512", "x.x.x.x | GET /x HTTP/1.1 | 200 | 999"),
    (b"10.0.0.1|GET|/a|712|512|404", "x.x.x.x|GET|/x|999|999|999"),
    (b"Mon Nov 23 06:49:42 2026 x", "Mon Nov 23 06:49:42 2026 x"),
    # addresses in all their forms
    (b"::1 ::ffff:10.1.2.3 fe80::1%eth0 2001:0db8:85a3:0000:0000:8a2e:0370:7334",
     "::x ::xxxx:xx.x.x.x xxxx::x%xxxx xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx"),
    (b"[::1]:8080 1.2.3.4:80, 5.6.7.8", "[::x]:9999 x.x.x.x:99, x.x.x.x"),
    # of a token nothing is told but its length, and where its punctuation is
    (b"/reset/aB3-9f_Z0 4111111111111111", "/xxxxx/xxx-xx_xx 9999999999999999"),
    (b"0.123s 12ms 5kb 12x 10001000101", "9.999s 99ms xxx xxx 99999999999"),
    (b"\x1b[5551234567m \x1b[1;31m", "\x1b[xxxxxxxxxxx \x1b[1;31m"),
    # what must not pass for a time, a status or a known word
    (b"00:11:22:33:44:55 +49 170 1234567", "xx:xx:xx:xx:xx:xx +99 999 9999999"),
    (b"born 1980-01-31", "xxxx 9999-99-99"),
    (b"info@example.com status@host", "xxxx@xxxxxxx.xxx xxxxxx@xxxx"),
    (b"getaway status2", "xxxxxxx xxxxxxx"),
    # a query, up to a blank or a quote; what is behind them is masked as well
    (b'/?a=b&c="d e" GET', '/?*"x x" GET'),
    # what no alphabet of ours has
    ("Zoë Ωmega 名前 ٣".encode(), "xxx xxxxx xx x"),
    (b"Zo\xeb \\xC3\\xAB %C3", "xxx \\xxx\\xxx %xx"),
    # controls are shape
    (b"\x1b[31mGET\x1b[0m\t\x00 \\x16\\x03 \\u001b[1m", "\x1b[31mGET\x1b[0m\t\x00 \\x16\\x03 \\u001b[1m"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "shown"), MASKED)
def test_the_form_stays_and_personal_data_goes(line: bytes, shown: str) -> None:
    assert mask(line) == shown


FIELDS = [
    ("status", b"404", "404"),
    ("status", b"-", "-"),
    ("status", b"4040", "9999"),
    ("time", b"23/Nov/2026:10:05:42 +0000", "23/Nov/2026:10:05:42 +0000"),
    ("request", b"GET /a/b?c HTTP/2.0", "GET /x/x?* HTTP/2.0"),
    # of a name not even a word that is known stays
    ("user", b"status", "xxxxxx"),
    ("user", b"10:20:30", "xx:xx:xx"),
    ("user", b'" 200', '" xxx'),
    ("user", b"-", "-"),
    ("remote_host", b"client.example.com", "xxxxxx.xxxxxxx.xxx"),
    ("remote_host", b"10.0.0.1", "x.x.x.x"),
    ("a header nobody knows", b"status=200", "xxxxxx=xxx"),
]


@pytest.mark.parametrize(("name", "value", "shown"), FIELDS)
def test_a_field_is_masked_by_its_kind(name: str, value: bytes, shown: str) -> None:
    assert mask_field(name, value) == shown


# Secrets begin with a letter that no known word begins with, so that they are nobody's vocabulary.
SECRET = st.from_regex(r"q[a-z0-9]{2,20}", fullmatch=True)
ADDRESS = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
FRAMES = [
    '{address} - {user} [23/Nov/2026:10:05:42 +0000] "GET /a?k={query} HTTP/1.1" 200 5 "{mail}" "{token}"',
    '{{"client": "{address}", "user": "{user}", "uri": "/a?{query}", "mail": "{mail}", "id": "{token}"}}',
    "{token} {mail} status={user} ?{query} {address}",
    "{address}:443 user={user}:{token}@host mail={mail};q=?{query}",
    "<{mail}>|{address}|{user}|{token}|http://{user}:{token}@{address}/?{query}",
    "[{user}] ({address}) '{query}' {{{token}}} {mail}",
]


@given(st.sampled_from(FRAMES), ADDRESS, SECRET, SECRET, SECRET, SECRET, SECRET)
def test_no_secret_of_a_line_is_in_what_is_shown(
    frame: str, address: str, user: str, query: str, token: str, local: str, domain: str
) -> None:
    mail = f"{local}@{domain}.example"
    line = frame.format(address=address, user=user, query=query, token=token, mail=mail)
    shown = mask(line.encode())
    for secret in (user, query, token, local, domain, mail):
        assert secret not in shown
    assert address not in shown or address == "::", shown


@given(st.text(st.sampled_from('ab7.:@?/-_ "[]\x1bé'), max_size=60), st.data())
def test_two_lines_of_one_shape_look_the_same(line: str, data: st.DataObject) -> None:
    """Nothing is told of a letter but that it is one (or may be an address's), nor of a digit."""
    letters = st.sampled_from("abf")
    digits = st.sampled_from("0179")
    other = "".join(
        data.draw(letters) if c in "ab" else data.draw(digits) if c == "7" else c for c in line
    )
    assert mask(line.encode()) == mask(other.encode())


@pytest.mark.parametrize("piece", [b"a", b"a@", b"1.", b"::", b"?", b"a.b-", b"\xff", b'" 200'])
def test_a_line_of_megabytes_takes_no_time(piece: bytes) -> None:
    started = time.process_time()
    mask(piece * 1_000_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("[03/Jul/2018 14:49:45:882515] x", "[03/Jul/2018 14:49:45:882515] x"),
        ("2026-11-28T10:00:00+00:00 200 GET /a", "2026-11-28T10:00:00+00:00 200 GET /x"),
        ("GET /a HTTP/1.1 502 17", "GET /x HTTP/1.1 502 99"),
        ('{"DownstreamStatus":404}', '{"DownstreamStatus":404}'),
    ],
)
def test_stamps_and_status_codes_are_shown_as_they_are(line: str, shown: str) -> None:
    assert mask(line.encode()) == shown
