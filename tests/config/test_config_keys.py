"""What each key may hold, and what is said where it holds something else."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from flask_status_cli.model.settings import (
    PolicySettings,
    RoutePolicy,
    RouteSetting,
    Settings,
)

PATH_OR_URL = 'write "status.db", or "postgresql://user@host/db"'


def test_without_any_file_all_settings_are_defaults(places: Any) -> None:
    assert places.load().settings == Settings()


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        # texts and numbers are as written
        ('timezone = "Europe/Berlin"', "timezone", "Europe/Berlin"),
        ('label = ""', "label", ""),
        ("days = 3660", "days", 3660),
        ("discover = false", "discover", False),
        ('exclude = ["/static/*", "/x"]', "exclude", ("/static/*", "/x")),
        ("label_from_host = true", "label_from_host", True),
        ("label_from_host = false", "label_from_host", False),
        ('label_from_host = ["a.example"]', "label_from_host", ("a.example",)),
        ('keep = ["/blog/about-*"]', "keep", ("/blog/about-*",)),
        # a length of time has a unit
        ('stale_after = "90s"', "stale_after", timedelta(seconds=90)),
        ('stale_after = "2 h"', "stale_after", timedelta(hours=2)),
        ('stale_after = "1d"', "stale_after", timedelta(days=1)),
        ('stale_after = "1w"', "stale_after", timedelta(days=7)),
    ],
)
def test_a_key_is_read(places: Any, text: str, key: str, value: object) -> None:
    assert getattr(places.settings(text), key) == value


def test_shares_are_exact(places: Any) -> None:
    policy = places.settings("[policy]\noperational = 0.999\nmajor = 0\nobjective = 1.0").policy
    assert (policy.operational, policy.major, policy.objective) == (Fraction(999, 1000), 0, 1)


def test_a_policy_is_read_whole(places: Any) -> None:
    found = places.settings(
        """
        [policy]
        preset = "server-errors"
        success = ["2xx", 401]
        failure = [503]
        [[policy.routes]]
        rule = "/admin/*"
        failure = ["5xx"]
        major = 0.5
        """
    )
    assert found.policy == PolicySettings(
        preset="server-errors",
        success=("2xx", 401),
        failure=(503,),
        routes=(RoutePolicy("/admin/*", failure=("5xx",), major=Fraction(1, 2)),),
    )


def test_routes_are_read(places: Any) -> None:
    found = places.settings(
        """
        [[routes]]
        rule = "/users/<int:id>"
        name = "User page"
        methods = ["GET", "POST"]
        hidden = true
        [[routes]]
        rule = "/"
        """
    )
    assert found.routes == (
        RouteSetting("/users/<int:id>", name="User page", methods=("GET", "POST"), hidden=True),
        RouteSetting("/"),
    )


def test_paths_are_relative_to_their_file_or_to_home(places: Any) -> None:
    found = places.settings('logs = ["a.log", "/b/*.log", "~/c"]\ndb = "status.db"')
    assert found.logs == (f"{places.here}/a.log", "/b/*.log", f"{places.home}/c")
    assert found.db == f"{places.here}/status.db"


def test_a_single_command_needs_no_outer_list(places: Any) -> None:
    one = places.settings('[notify]\nexec = ["page-me", "--now"]').notify.exec
    assert one == (("page-me", "--now"),)
    two = places.settings('[notify]\nexec = [["a"], ["b", "c"]]').notify.exec
    assert two == (("a",), ("b", "c"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # an unknown key names the nearest one, with its line
        ("\ntimzone = 1", ":2: timzone: no such key; did you mean timezone?"),
        ("slow = '2s'", ":1: slow: no such key; write it below [policy]"),
        ("Days = 1", ":1: Days: no such key; did you mean days?"),
        (
            "[policy]\nsucess = []",
            ":2: policy.sucess: no such key; did you mean success?",
        ),
        ("[pages]\nlang = 'en'", ":1: pages: no such key; did you mean page?"),
        # with nothing near it, all are named
        (
            "[retention]\nxyz = 1",
            ":2: retention.xyz: no such key; known keys: minutes, days",
        ),
        # a wrong type says what to write
        ('days = "7"', ":1: days: '7' is not a whole number; give a whole number from 1 to 3660"),
        ("days = 0", ":1: days: 0 is out of range; give a whole number from 1 to 3660"),
        ("days = true", ":1: days: true is not a whole number; give a whole number from 1 to 3660"),
        ("label = 7", ':1: label: 7 is not a string; write it in quotes: "shop"'),
        ("exclude = '/x'", ":1: exclude: '/x' is not a list; list strings: [\"/static/*\"]"),
        (
            "discover = 'yes'",
            ":1: discover: 'yes' is neither true nor false; write true or false, unquoted",
        ),
        (
            "stale_after = 15",
            ':1: stale_after: 15 is not a length of time; for example "90s", "15m", "2h", "1d" or "4w"',
        ),
        (
            "stale_after = '0m'",
            ':1: stale_after: \'0m\' is not a length of time; for example "90s", "15m", "2h", "1d" or "4w"',
        ),
        ("policy = 'standard'", ":1: policy: is not a table; write [policy] above its keys"),
        # standard input, and what is not a file
        (
            "logs = ['-']",
            (
                ":1: logs[1]: standard input cannot be a configured log; "
                'list paths, globs or directories: ["/var/log/nginx/access.log"]'
            ),
        ),
        (
            "db = 'sqlite:///x'",
            f":1: db: 'sqlite' is not a known kind of database; {PATH_OR_URL}",
        ),
        (
            "db = 'host=h password=p'",
            f":1: db: connection strings of libpq are not understood; {PATH_OR_URL}",
        ),
        (
            "db = 'postgresql://u:a/b@h'",
            ":1: db: the password holds a / or an @; write %2F for /, and %40 for @",
        ),
        # shares
        (
            "[policy]\nmajor = 30",
            ":2: policy.major: 30 is out of range; give a share from 0 to 1, for example 0.99",
        ),
        (
            "[policy]\nmajor = nan",
            ":2: policy.major: NaN is out of range; give a share from 0 to 1, for example 0.99",
        ),
        (
            "[policy]\nmajor = 1e-99",
            ":2: policy.major: 1E-99 has too many digits; give a share from 0 to 1, for example 0.99",
        ),
        # codes
        (
            "[policy]\nfailure = [404,\n '5x']",
            ":2: policy.failure[2]: '5x' is not a status code; list codes and classes: [404, \"5xx\"]",
        ),
        (
            "[policy]\nfailure = [true]",
            ':2: policy.failure[1]: true is not a status code; list codes and classes: [404, "5xx"]',
        ),
        (
            "[policy]\nfailure = ['6xx']",
            (
                ":2: policy.failure[1]: '6xx' is a status that no server sends or logs; "
                "codes go from 100 to 599, classes from 1xx to 5xx"
            ),
        ),
        (
            "[policy]\nfailure = ['5xx', 600]",
            (
                ":2: policy.failure[2]: 600 is a status that no server sends or logs; "
                "codes go from 100 to 599, classes from 1xx to 5xx"
            ),
        ),
        # a policy that shows an outage as health
        (
            "[policy]\nfailure = []",
            (
                ":2: policy.failure: no code is a failure: an outage would show as Fully Operational; "
                'list what is a failure, for example [404, "5xx"]'
            ),
        ),
        (
            "[policy]\nsuccess = ['5xx', 404]\nfailure = ['5xx', 404]",
            (
                ":2: policy.success: no code is a success: nothing could ever be operational; "
                'list what is a success, for example ["2xx", "3xx"]'
            ),
        ),
        (
            "[policy]\nincident_failure = []",
            (
                ":2: policy.incident_failure: no code is a failure: no outage would ever be found; "
                'list codes, for example ["5xx"]'
            ),
        ),
        (
            "[policy]\noperational = 0",
            (
                ":2: policy.operational: with 0 everything is Fully Operational, even a total outage; "
                "give a share above 0, for example 0.99"
            ),
        ),
        (
            "[[policy.routes]]\nrule = '/a'\nsuccess = []\nfailure = []",
            (
                ":1: policy.routes[1]: nothing is judged: no code is a success or a failure; "
                'list codes, or leave the routes out with exclude = ["…"]'
            ),
        ),
        (
            "[[policy.routes]]\nrule = '*'\nfailure = []",
            (
                ":1: policy.routes[1]: no code is a failure on any route: an outage would show as "
                'Fully Operational; list what is a failure, for example [404, "5xx"]'
            ),
        ),
        # tables, by their place in the file
        (
            "[[routes]]\nrule = '/'\n[[routes]]\nname = 'x'",
            ':3: routes[2]: the rule is missing; for example rule = "/users/*"',
        ),
        (
            "[[routes]]\nrule = 'users'",
            ":2: routes[1].rule: 'users' is not allowed here; for example \"/users/<int:id>\"",
        ),
        ("routes = [1]", ":1: routes[1]: 1 is not a table; see docs/configuration.md for its keys"),
        # where a text looks like a key
        (
            "footer = '''\ndayz = 1\n'''\ndayz = 2",
            ":4: dayz: no such key; did you mean days?",
        ),
        # keys that are wrong only together
        (
            "[retention]\ndays = 10",
            (
                ":2: retention.days: 10 is less than retention.minutes, which is 35; "
                "set it to as many days, or more"
            ),
        ),
        # no TOML at all
        ("a = 1\ndays = x\n", ":2: is not valid TOML: Invalid value; a string needs quotes"),
        ("a = 1\nb = [", ": is not valid TOML: Invalid value; a string needs quotes"),
    ],
)
def test_an_error_names_its_line_and_what_to_write(places: Any, text: str, message: str) -> None:
    assert message in places.wrong(text)


def test_all_errors_are_reported_at_once(places: Any) -> None:
    wrong = places.wrong("dayz = 1\ndays = 0\n[page]\nlang = 3\n", FLASK_STATUS_DAYS="x")
    assert len(wrong) == 4


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("timezone = ''", "timezone"),
        ("app = ' '", "app"),
        ('label = "a\\nb"', "label"),
        ("strip_prefix = 'shop'", "strip_prefix"),
        ("strip_prefix = '/shop/'", "strip_prefix"),
        ("groups = 'all'", "groups"),
        ("[page]\naccent = 'red'", "page.accent"),
        ("[page]\nurl = 'javascript:alert(1)'", "page.url"),
        ("[page]\nlinks = { a = 'javascript:alert(1)' }", "page.links.a"),
        ("[page]\nlinks = ['https://x']", "page.links"),
        ("[notify]\nwebhook = 'file:///etc/passwd'", "notify.webhook"),
        ("[notify]\nwebhook = 'http:///x'", "notify.webhook"),
        ("[notify]\nwebhook = 'http://[x'", "notify.webhook"),
        ("[notify]\nexec = [[]]", "notify.exec[1]"),
        ("[notify]\nexec = [['a', 1]]", "notify.exec[1]"),
        ("[notify]\nexec = 'a b'", "notify.exec"),
    ],
)
def test_a_value_that_a_key_cannot_have_is_refused(places: Any, text: str, key: str) -> None:
    (message,) = places.wrong(text)
    assert f": {key}: " in message


@pytest.mark.parametrize(
    ("name", "text", "key", "value"),
    [
        ("FLASK_STATUS_DAYS", "7", "days", 7),
        ("FLASK_STATUS_DISCOVER", "false", "discover", False),
        ("FLASK_STATUS_STALE_AFTER", "1h", "stale_after", timedelta(hours=1)),
        ("FLASK_STATUS_LOGS", "/a.log:/b", "logs", ("/a.log", "/b")),
        ("FLASK_STATUS_DB", "/x/y.db", "db", "/x/y.db"),
    ],
)
def test_variables_have_the_same_values_as_keys(
    places: Any, name: str, text: str, key: str, value: object
) -> None:
    assert getattr(places.load(**{name: text}).settings, key) == value


def test_variables_of_sections(places: Any) -> None:
    found = places.load(
        FLASK_STATUS_POLICY="server-errors",
        FLASK_STATUS_POLICY_MAJOR="0.25",
        FLASK_STATUS_PAGE_LANG="es",
    ).settings
    assert (found.policy.preset, found.policy.major) == ("server-errors", Fraction(1, 4))
    assert found.page.lang == "es"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "FLASK_STATUS_DAYS",
            "many",
            "FLASK_STATUS_DAYS: 'many' is not a whole number; give a whole number from 1 to 3660",
        ),
        (
            "FLASK_STATUS_DISCOVER",
            "no",
            "FLASK_STATUS_DISCOVER: 'no' is neither true nor false; write true or false, unquoted",
        ),
        (
            "FLASK_STATUS_POLICY",
            "lax",
            "FLASK_STATUS_POLICY: 'lax' is not one of the choices; choose one of standard, server-errors",
        ),
    ],
)
def test_a_wrong_variable_is_named(places: Any, name: str, text: str, message: str) -> None:
    assert places.wrong("", **{name: text}) == [message]


def test_an_empty_variable_sets_nothing(places: Any) -> None:
    assert places.load(FLASK_STATUS_DAYS="").settings.days == 30


def test_a_path_in_a_variable_is_relative_to_the_working_directory(places: Any) -> None:
    assert places.load(FLASK_STATUS_DB="x.db").settings.db == f"{places.here}/x.db"


def test_the_home_of_an_unknown_user_is_an_error(
    places: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (message,) = places.wrong("logs = ['~nobody-of-this-name/x.log']")
    assert "no such home directory" in message
