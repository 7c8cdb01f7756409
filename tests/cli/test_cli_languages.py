"""`--lang`: which commands speak another language, and that what programs read has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

LAST = ("--now", "last")
MADE = re.compile(r'"generated_at": "[^"]*"')
SPANISH = [
    (("report", *LAST), "Disponibilidad"),
    (("incidents", *LAST), "Fallaron"),
    (("incidents", "list", *LAST), "Fallaron"),
    (("incidents", "show", "ID"), "Peor minuto: 2026-11-23 10:00 UTC, fallaron 1 de 1"),
    (("routes", "list"), "Peticiones"),
    (
        ("check", *LAST),
        "WARNING - 1 ruta degradada desde 23 nov 2026 10:00 (8 min); fallan: /pay; disponibilidad 53.84%: ",
    ),
    (
        ("check", "--incidents", *LAST),
        "CRITICAL - 1 incidente abierto: /pay desde 2026-11-23 10:00 UTC, fallaron 6 de 8 peticiones (500)",
    ),
    (
        ("check", "--route", "/*", "-c", "99", *LAST),
        "CRITICAL - /pay disponibilidad 53.84%: 7 de 13 peticiones con éxito en el último periodo de 1 h",
    ),
    (
        ("check", "--latency", "p95=1s", *LAST),
        "UNKNOWN - el registro no tiene tiempos de respuesta desde 2026-11-23 09:00 UTC",
    ),
    (
        ("check", "--burn", "--objective", "99.9%", *LAST),
        "CRITICAL - consumo del presupuesto de errores 461.53 en 1 h, 600.00 en 5 min, por encima de 14.40",
    ),
    (("routes", "show", "/pay", *LAST), "Días con fallos, por horas"),
]


@pytest.fixture
def incident(call: Call, tmp_path: Path) -> str:
    """Return the id of the one incident in the database."""
    log = tmp_path / "outage.log"
    lines = [(minute, "/pay", 500 if minute < 6 else 200) for minute in range(-5, 8)]
    log.write_text(
        "".join(
            f"10.0.0.1 - - [23/Nov/2026:{'09' if minute < 0 else '10'}:{minute % 60:02}:00 +0000] "
            f'"GET {path} HTTP/1.1" {200 if minute < 0 else status} 5\n'
            for minute, path, status in lines
        )
    )
    assert call("ingest", "-q", log).status == 0
    told: str = call("incidents", "--csv", *LAST).out
    return told.splitlines()[1].split(",")[0]


@pytest.mark.parametrize(("command", "said"), SPANISH, ids=str)
def test_a_command_for_people_speaks_the_language_of_the_option_or_of_the_configuration(
    call: Call,
    incident: str,
    command: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = [incident if word == "ID" else word for word in command]
    english = call(*words)
    spanish = call(*words, "--lang", "es")
    assert said not in english.out
    assert said in spanish.out
    assert spanish.out.partition(" | ")[2] == english.out.partition(" | ")[2], "performance data"
    monkeypatch.setenv("FLASK_STATUS_PAGE_LANG", "es")
    assert call(*words).out == spanish.out
    assert call(*words, "--lang", "en").out == english.out


@pytest.mark.parametrize(
    ("command", "medium"),
    [
        (("report",), "json"),
        (("report",), "csv"),
        (("incidents",), "json"),
        (("incidents",), "csv"),
        (("incidents", "show", "ID"), "json"),
        (("routes", "list"), "json"),
        (("routes", "show", "/pay"), "json"),
    ],
)
def test_what_a_program_reads_has_no_language(
    call: Call,
    incident: str,
    command: tuple[str, ...],
    medium: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = [incident if word == "ID" else word for word in command]
    told = call(*words, f"--{medium}", "--lang", "es")
    assert told.status == 2
    assert f"--{medium} has no language; leave out --lang" in told.err
    english = call(*words, f"--{medium}").out
    monkeypatch.setenv("FLASK_STATUS_PAGE_LANG", "es")
    spanish = call(*words, f"--{medium}").out
    assert MADE.sub("", spanish) == MADE.sub("", english)
