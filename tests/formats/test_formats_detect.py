"""Detection: the lines of a sample vote."""

from __future__ import annotations

import pytest

from flask_status_cli.formats import FORMAT_NAMES, FORMATS, Detection, detect

COMMON = b'1.2.3.4 - - [23/Nov/2026:06:42:01 +0000] "GET / HTTP/1.1" 200 2\n'
COMBINED = COMMON[:-1] + b' "-" "curl/8"\n'
VHOST = b"example.com:80 " + COMBINED
VHOST_NAME = b"example.com " + COMBINED
FORWARDED = b"10.0.0.1, " + COMBINED
BEHIND_SYSLOG = b"Nov 23 06:42:01 web1 nginx: " + COMBINED
CUT_AGENT = COMBINED[:-3] + b"\n"
WERKZEUG = b'1.2.3.4 - - [23/Nov/2026 06:42:01] "GET / HTTP/1.1" 200 -\n'


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (COMMON, "common"),
        (COMMON[:-1] + b" 1234\n", "common"),
        (COMBINED, "combined"),
        (CUT_AGENT, "combined"),
        (FORWARDED, "combined"),
        (BEHIND_SYSLOG, "combined"),
        (COMBINED.replace(b" 2 ", b" - "), "combined"),
        (VHOST, "vhost_combined"),
        (VHOST_NAME, "vhost_combined"),
        (WERKZEUG, "werkzeug"),
        (b"\0\0" + WERKZEUG, "werkzeug"),
        (b"INFO:werkzeug:" + WERKZEUG, "werkzeug"),
        (b" * Running on http://127.0.0.1:5000\n", None),
        (b"", None),
    ],
)
def test_a_line_votes_for_its_format(line: bytes, name: str | None) -> None:
    detection = detect(line)
    assert detection.name == name
    assert detection.votes == ({} if name is None else {name: 1})
    assert sorted(detection.order) == sorted(FORMAT_NAMES)
    assert name is None or detection.order[0] == name


def test_most_votes_come_first() -> None:
    assert detect(COMBINED + WERKZEUG * 3 + COMMON * 2 + b"what?\n") == Detection(
        "werkzeug",
        {"werkzeug": 3, "common": 2, "combined": 1},
        ("werkzeug", "common", "combined", "vhost_combined"),
    )


def test_the_former_format_wins_a_tie() -> None:
    assert detect(COMBINED + WERKZEUG, former="werkzeug").name == "werkzeug"
    assert detect(COMBINED + WERKZEUG, former="combined").name == "combined"
    assert detect(b"", former="werkzeug").order[0] == "werkzeug"
    assert detect(b"", former="a format of a newer version").name is None


def test_every_format_names_its_own_lines() -> None:
    samples = {
        "common": COMMON,
        "combined": COMBINED,
        "vhost_combined": VHOST,
        "werkzeug": WERKZEUG,
    }
    assert {name: one.family.variant(samples[name][:-1]) for name, one in FORMATS.items()} == {
        name: name for name in FORMAT_NAMES
    }
