"""Prefixes of one shape differ in addresses and times alone, and either may precede an entry or not."""

from __future__ import annotations

import os
from ipaddress import IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.other_lines.noise import columns_begin
from flask_status_cli.formats.prefixes.carriers import CARRIERS, is_address_alone
from flask_status_cli.formats.prefixes.prefix_shape import shape

EXAMPLES = int(os.environ.get("EXAMPLES", "75"))

# An address, and others that may stand in its place: short and long ones.
ADDRESSES = {
    b"192.0.2.7": (b"1.2.3.4", b"203.0.113.255"),
    b"::1": (b"2001:db8::17", b"fe80::aBcD:1", b"2001:db8:1:2:3:4:5:6"),
    b"::ffff:192.0.2.7": (b"::ffff:1.2.3.4", b"::FFFF:203.0.113.255"),
}
# Times as they stand in the examples of shippers, and others that are written so.
TIMES = {
    b"2026-11-28": (b"1999-01-31",),
    b"10:00:00": (b"23:59:59", b"01:02:03"),
    b"Nov 28": (b"Jan  1", b"Sep 30"),
    b".123456789": (b".987654321", b".1"),
    b".123456": (b".654321",),
}
HEADS = [
    b"", b"shop.example:443 ", b"_ ", b"x ", b"192.0.2.7, ", b"[192.0.2.7] ", b"192.0.2.7:80 ",
    b"2026-11-28 10:00:00,123 INFO werkzeug: ", b"2026-11-28 10:00:00,123 INFO app: ", b"WARNING:app:",
    b"2026-11-28 10:00:00 - werkzeug - INFO - ", b"INFO:werkzeug:", b"what a visitor typed ", b"10:00:00 ",
    b"code 404, message ",
    *(example for carrier in CARRIERS for example in carrier.examples),
]  # fmt: skip
TAILS = [b" - - ", b" - bob ", b" 7 ", b":80 - - ", b"", b" - bob 2026-11-28 10:00:00 "]


def both(prefix: bytes) -> tuple[bool, bool]:
    return clf.may_precede(prefix), werkzeug.may_precede(prefix)


def varied(prefix: bytes) -> list[bytes]:
    """Return a prefix with each of its addresses and times in turn written as another one."""
    return [
        prefix.replace(old, new)
        for known in (ADDRESSES, TIMES)
        for old, others in known.items()
        for new in others
        if old in prefix
    ]


def test_another_address_or_time_changes_nothing_after_any_carrier() -> None:
    for head in HEADS:
        for address in ADDRESSES:
            for tail in TAILS:
                prefix = head + address + tail
                for other in varied(prefix):
                    if shape(other) == shape(prefix):
                        assert both(other) == both(prefix), (prefix, other)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.sampled_from([*HEADS, *ADDRESSES]), max_size=4), st.sampled_from(TAILS), st.data()
)
def test_prefixes_of_one_shape_are_judged_alike(
    parts: list[bytes], tail: bytes, data: st.DataObject
) -> None:
    prefix = b"".join(parts) + tail
    other = prefix
    for _ in range(3):
        other = data.draw(st.sampled_from([other, *varied(other)]))
    if shape(other) == shape(prefix):
        assert both(other) == both(prefix)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"192.0.2.7 - - ", b"10.0.0.1 - - "),
        (b"::1 - - ", b"2001:db8:1:2:3:4:5:6 - - "),
        (b"::ffff:192.0.2.7 - bob ", b"::ffff:10.0.0.1 - bob "),
        (b"shop.example:443 192.0.2.7 - - ", b"shop.example:443 10.0.0.1 - - "),
        (b"192.0.2.7, 10.0.0.1 - - ", b"10.0.0.1, 192.0.2.7 - - "),
        (b"Nov 28 10:00:00 web1 nginx: 192.0.2.7 - - ", b"Dec  1 23:59:59 web1 nginx: 10.0.0.1 - - "),
        (b"2026-11-28T10:00:00.1Z 192.0.2.7 - - ", b"2026-11-29T10:00:01.123456789Z 10.0.0.1 - - "),
        (b"2026-11-28 10:00:00,123 INFO x: ::1 - - ", b"2026-11-29 10:00:01,456 INFO x: ::2 - - "),
    ],
)  # fmt: skip
def test_prefixes_of_one_server_and_carrier_have_one_shape(one: bytes, other: bytes) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"192.0.2.7 - - ", b"::1 - - "),
        (b"::1 - - ", b"::ffff:192.0.2.7 - - "),
        (b"::1 - - ", b"::" + b"1" * 38 + b" - - "),  # longer than any address
        (b"192.0.2.7 - - ", b"192.0.2.7:80 - - "),
        (b"192.0.2.7 - - ", b"x192.0.2.7 - - "),
        (b"::1 web: - - ", b"10:00:00 web: - - "),
        (b"2026-11-28 10:00:00 x:", b"2026/11/28 10:00:00 x:"),
        (b"2026-11-28 10:00:00 x:", b"2026-11-28T10:00:00 x:"),
        (b"2026-11-28 10:00:00,123 x:", b"2026-11-28 10:00:00.123 x:"),
        (b"2026-11-28 10:00:00,123 x:", b"2026-11-28 10:00:00,12 x:"),
        (b"2026-11-28 10:00:00 x:", b"Nov 28 10:00:00 x:"),
        (b"Nov 28 10:00:00 web1 nginx: ", b"Nov 28 10:00:00 web1 app: "),
    ],
)
def test_prefixes_written_differently_have_different_shapes(one: bytes, other: bytes) -> None:
    assert shape(one) != shape(other)


@given(st.ip_addresses(v=6))
def test_any_ipv6_address_alone_is_an_address_alone(address: IPv6Address) -> None:
    assert is_address_alone(f"{address} - - ".encode())
    assert is_address_alone(f"{address.exploded} - - ".encode())


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.one_of(
        st.ip_addresses(v=6).map(str),
        st.from_regex(r"\A[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,34}\Z"),
        st.from_regex(r"\A([0-9]{2}:){2,3}[0-9]{2}(:[0-9a-f:]{1,9})?\Z"),
    )
)
def test_an_address_alone_matches_the_full_pattern_of_prefixes_too(address: str) -> None:
    prefix = f"{address} - - ".encode()
    if is_address_alone(prefix):
        start = columns_begin(prefix)
        assert start is not None
        assert clf._COLUMNS.fullmatch(prefix, start)  # noqa: SLF001 - what is asked of all other prefixes
        assert werkzeug._KNOWN_PREFIX.fullmatch(prefix)  # noqa: SLF001 - likewise
