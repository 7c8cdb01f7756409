"""Virtual hosts: which become labels, and which declared rules are theirs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import UrlMap, UrlRule
from flask_status_cli.routes.host_labels import labels_of, maps_of_host, name_of


@pytest.mark.parametrize(
    ("host", "name"),
    [
        # case, port and the trailing dot make no other host (RFC 9110, 4.2.3; RFC 1034, 3.1)
        ("shop.example", "shop.example"),
        ("Shop.EXAMPLE:443", "shop.example"),
        ("shop.example.", "shop.example"),
        ("shop.example.:8080", "shop.example"),
        ("app", "app"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("my_app.example", "my_app.example"),
        ("1.example", "1.example"),
        # addresses, nginx's catch-all, and what no DNS name can be
        ("192.0.2.7", None),
        ("192.0.2.7:80", None),
        ("[2001:db8::1]:80", None),
        ("2001:db8::1", None),
        ("_", None),
        ("", None),
        (".", None),
        ("-shop.example", None),
        ("shop-.example", None),
        ("shop..example", None),
        ("shop.example:port", None),
        ("shop.example:123456", None),
        ("shop.example/x", None),
        ("shop.example, evil.example", None),
        ("<script>", None),
        ("<other>", None),
        ("a b", None),
        ("bücher.example", None),
        ("shop.example\n", "shop.example"),
        ("shop\n.example", None),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("a" * 64 + ".example", None),
        ("a." * 126 + "a", "a." * 126 + "a"),
        ("a." * 127 + "a", None),
    ],
)
def test_only_a_name_of_dns_makes_a_label(host: str, name: str | None) -> None:
    assert name_of(host) == name


@given(st.text(max_size=300))
def test_a_label_is_one_short_line_of_ascii(host: str) -> None:
    label = labels_of()(host)
    assert label == "<other>" or (label.isascii() and label.isprintable() and len(label) <= 253)
    assert labels_of()(label) == label


def test_hosts_that_are_not_named_have_no_label_of_their_own() -> None:
    label_of = labels_of(["shop.example", "api.example"])
    hosts = ["SHOP.example:443", "api.example", "evil.example", "192.0.2.7"]
    assert list(map(label_of, hosts)) == ["shop.example", "api.example", "<other>", "<other>"]


@pytest.mark.parametrize(
    ("host", "rules"),
    [
        ("api.shop.example", ["/orders", "/"]),
        ("acme.tenant.example", ["/tenant", "/"]),
        ("tenant.example", ["/"]),
        ("a.b.tenant.example", ["/"]),
        ("admin.shop.example", ["/admin", "/"]),
        ("shop.example", ["/"]),
        ("<other>", ["/"]),
    ],
)
def test_rules_that_are_bound_to_a_host_are_only_its_own(host: str, rules: list[str]) -> None:
    declared = UrlMap(
        (
            UrlRule("/"),
            UrlRule("/orders", domain="api.shop.example:443"),
            UrlRule("/tenant", domain="<name>.tenant.example"),
            UrlRule("/admin", domain="admin"),  # a subdomain, of whatever server name
        )
    )
    (found,) = maps_of_host([declared], host)
    assert [rule.rule for rule in found.rules] == rules
    assert not any(rule.domain for rule in found.rules)


def test_a_rule_of_a_host_wins_over_the_same_rule_of_all_hosts() -> None:
    declared = UrlMap((UrlRule("/", "site"), UrlRule("/", "api", domain="api")))
    (found,) = maps_of_host([declared], "api.shop.example")
    assert [rule.endpoint for rule in found.rules] == ["api"]
