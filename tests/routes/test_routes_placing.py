"""A discovered rule belongs to a declared one only if all of its requests do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import UNMATCHED, Converter, UrlMap, UrlRule
from flask_status_cli.routes import RuleReassignment, finder, fold
from flask_status_cli.routes.declared.reassignment import SAMPLES
from flask_status_cli.routes.discovered.crowds import slug_like

GET = ("GET", "HEAD", "OPTIONS")


@pytest.mark.parametrize(
    ("rules", "discovered", "placed"),
    [
        # what werkzeug's own converters take
        (["/users/<int:id>"], "/users/<int:id>", "/users/<int:id>"),
        (["/users/<int:number>"], "/users/<int:id>", "/users/<int:number>"),
        (["/users/<name>"], "/users/<int:id>", "/users/<name>"),
        (["/users/<name>"], "/users/<email>", "/users/<name>"),
        (["/<a>/<b>"], "/<int:id>/<int:id2>", "/<a>/<b>"),
        (["/users/<uuid:key>"], "/users/<uuid:id>", "/users/<uuid:key>"),
        (["/files/<path:p>"], "/files/<hex>/<date>/<token>", "/files/<path:p>"),
        (["/static/<path:filename>"], "/static/<path:file>", "/static/<path:filename>"),
        # a literal path, and one that is redirected
        (["/about"], "/about", "/about"),
        (["/about/"], "/about", "/about/"),
        (["/caf\u00e9"], "/caf\u00e9", "/caf\u00e9"),
        # the pages of a crowd
        (["/blog/<title>"], "/blog/<slug>", "/blog/<title>"),
        (["/<a>/<b>"], "/<slug>/<slug2>", "/<a>/<b>"),
        (["/wiki/<page>"], "/wiki/<str>", "/wiki/<page>"),
        # several: one of them has a rule of its own
        (["/blog/<title>", "/blog/2024-review"], "/blog/<slug>", None),
        (["/wiki/<page>", "/wiki/faq"], "/wiki/<str>", None),
        (["/blog/<title>", "/blog/archive"], "/blog/<slug>", "/blog/<title>"),
        # none
        (["/about"], "/contact", UNMATCHED),
        (["/users/<uuid:key>"], "/users/<int:id>", UNMATCHED),
        ([], "/", UNMATCHED),
        # several: a number that has a rule of its own, numbers that are not taken, and more digits
        (["/posts/2024", "/posts/<int:n>"], "/posts/<int:id>", None),
        (["/posts/<int(max=999999999):n>"], "/posts/<int:id>", None),
        (["/posts/<int(min=5):n>"], "/posts/<int:id>", None),
        (["/posts/<string(length=13):n>"], "/posts/<int:id>", None),
        (["/posts/<any(\"12345\",\"6\"):n>", "/posts/<n>"], "/posts/<int:id>", None),
        # several: a file with a rule of its own
        (["/static/<path:p>", "/static/robots/sub.css"], "/static/<path:file>", None),
        # what was written `%2F` may have been an encoded slash, or an encoded `%2F`
        (["/a/<x>"], "/a/b%2Fc", None),
        (["/a/<path:x>"], "/a/b%2Fc", "/a/<path:x>"),
        # a percent sign that was one
        (["/a/<x>"], "/a/100%", "/a/<x>"),
    ],
)  # fmt: skip
def test_a_discovered_rule_gets_its_declared_rule(
    rules: list[str], discovered: str, placed: str | None
) -> None:
    assert RuleReassignment([UrlMap(tuple(map(UrlRule, rules)))]).place(discovered) == placed


def test_every_method_must_agree() -> None:
    form, rest = UrlRule("/form", methods=GET), UrlRule("/<path:rest>", methods=("POST",))
    assert RuleReassignment([UrlMap((form, rest))]).place("/form") is None
    assert RuleReassignment([UrlMap((form,))]).place("/form") == "/form"  # a POST is refused there
    save = UrlRule("/form", methods=("POST",))
    assert RuleReassignment([UrlMap((form, save, rest))]).place("/form") == "/form"


def test_numbers_in_the_patterns_of_an_app_are_tried() -> None:
    year = Converter("year", "20[0-9]{2}")
    rules = (UrlRule("/<year:year>", converters=(year,)), UrlRule("/<name>"))
    assert RuleReassignment([UrlMap(rules)]).place("/<int:id>") is None


def test_paths_below_a_prefix_get_their_declared_rule() -> None:
    placing = RuleReassignment([UrlMap((UrlRule("/users/<int:id>"),), prefixes=("/app",))])
    assert placing.place("/app/users/<int:id>") == "/users/<int:id>"
    assert placing.place("/users/<int:id>") == UNMATCHED


@pytest.mark.parametrize(
    ("kind", "value"), [(k, v) for k, values in SAMPLES.items() for v in values]
)
def test_every_sample_is_folded_to_its_variable(kind: str, value: str) -> None:
    crowd = kind in {"<slug>", "<str>"}
    assert fold(f"/x/{value}") == f"/x/{value if crowd else kind}"
    assert not crowd or slug_like(value) == (kind == "<slug>")


DIGITS = st.from_regex(r"[0-9]{1,20}", fullmatch=True)
RULES = st.lists(
    st.sampled_from([
        "/x/<int:n>", "/x/<name>", "/x/<int(min=100):n>", "/x/<int(fixed_digits=3):n>", "/x/17",
        "/x/<string(maxlength=5):s>", "/x/<any(3,44):n>", "/x/<path:p>", "/x/<float:f>",
    ]),
    min_size=1,
    max_size=3,
)  # fmt: skip


@given(RULES, st.lists(DIGITS, min_size=1, max_size=20))
def test_if_all_samples_agree_every_number_does(rules: list[str], numbers: list[str]) -> None:
    url_map = UrlMap(tuple(map(UrlRule, rules)), complete=True)
    placed = RuleReassignment([url_map]).place("/x/<int:id>")
    if placed is not None:
        assert {finder((url_map,)).rule_of("GET", f"/x/{n}") for n in numbers} == {placed}
