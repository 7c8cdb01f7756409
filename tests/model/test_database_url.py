"""URLs of databases: what is libpq's, what is ours, and that no password is shown."""

from __future__ import annotations

import pytest

from flask_status_cli.model.database_url import parse_url


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
    with pytest.raises(ValueError) as refused:
        parse_url(f"postgresql://h/db?schema={schema}")
    assert str(refused.value) == schema


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
    ],
)
def test_no_text_of_a_url_shows_its_password(given: str, shown: str) -> None:
    url = parse_url(given)
    assert str(url) == shown
    assert repr(url) == f"DatabaseUrl({shown!r})"
    assert url.has_password
    assert url.text == given
