"""URLs of databases: what is libpq's, what is ours, and that no password is shown."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from flask_status_cli.model.database_url import UrlFault, is_conninfo, parse_url


@pytest.mark.parametrize(
    ("given", "conninfo", "schema"),
    [
        ("postgresql://u@h/db", "postgresql://u@h/db", "flask_status"),
        ("postgres://u@h/db?schema=web", "postgres://u@h/db", "web"),
        (
            "postgresql://h/db?sslmode=require&schema=a_1",
            "postgresql://h/db?sslmode=require",
            "a_1",
        ),
        ("postgresql:///?service=x", "postgresql:///?service=x", "flask_status"),
    ],
)
def test_the_parameter_schema_is_ours_and_all_others_are_libpqs(
    given: str, conninfo: str, schema: str
) -> None:
    url = parse_url(given)
    assert (url.conninfo, url.schema) == (conninfo, schema)
    assert url.text == given


@pytest.mark.parametrize("schema", ["", "Web", "a-b", 'x";drop', "a" * 64, "1a"])
def test_a_schema_has_a_plain_name(schema: str) -> None:
    with pytest.raises(UrlFault, match="cannot be the name of a schema; use small letters"):
        parse_url(f"postgresql://h/db?schema={schema}")


@pytest.mark.parametrize("password", ["se/cret", "se@cret", "/", "a/b?c", "5432/x"])
def test_a_password_that_libpq_would_cut_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(UrlFault) as refused:
        parse_url(f"postgresql://u:{password}@h:5432/db?application_name=a@b")
    assert str(refused.value) == "the password holds a / or an @; write %2F for /, and %40 for @"


@pytest.mark.parametrize("password", ["se?cret", "se#cret", "a:b", "?schema=x", "", "a?b=c&d"])
def test_a_password_ends_at_the_first_at_as_in_libpq(password: str) -> None:
    url = parse_url(f"postgresql://u:{password}@h/db?application_name=a@b&schema=web")
    assert (url.schema, url.has_password) == ("web", True)
    assert url.conninfo == f"postgresql://u:{password}@h/db?application_name=a@b"
    assert str(url) == "postgresql://u:***@h/db?application_name=a@b&schema=web"
    assert conninfo_to_dict(url.conninfo).get("password", "") == password


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://h:5432/db?user=a@b",
        "postgresql://a:1,b:2/db?user=a@b",
        "postgresql://u@h:5432/db?application_name=a@b:c@d",
        "postgresql://[::1]:5432/db?user=u",
    ],
)
def test_a_port_is_no_password(given: str) -> None:
    url = parse_url(given)
    assert (str(url), url.has_password) == (given, False)


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("host=db password=secret", True),
        ("  dbname = status", True),
        ("PORT=1", True),
        ("a/host=1.db", False),
        ("status.db", False),
        ("./host=1", False),
    ],
)
def test_a_connection_string_is_no_path(given: str, known: bool) -> None:
    assert is_conninfo(given) == known


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://u:secret@h/db", "postgresql://u:***@h/db"),
        (
            "postgresql://u:se%40cret@h:5432/db?schema=web",
            "postgresql://u:***@h:5432/db?schema=web",
        ),
        (
            "postgresql://h/db?user=u&password=secret&x=1",
            "postgresql://h/db?user=u&password=***&x=1",
        ),
        ("postgresql://h/db?sslpassword=secret", "postgresql://h/db?sslpassword=***"),
        ("postgresql://h/db?pass%77ord=secret&x", "postgresql://h/db?pass%77ord=***&x"),
    ],
)
def test_no_text_of_a_url_shows_its_password(given: str, shown: str) -> None:
    url = parse_url(given)
    assert str(url) == shown
    assert repr(url) == f"DatabaseUrl({shown!r})"
    assert url.has_password
    assert url.text == given
