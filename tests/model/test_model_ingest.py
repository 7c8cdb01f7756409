"""Logs that lie one behind the other are told as one."""

from __future__ import annotations

from flask_status_cli.model import LogOutcome, LogResult, Refused

FIRST = LogResult(
    "-",
    LogOutcome.NEW,
    format="combined",
    timezone="as logged",
    lines=10,
    entries=7,
    noise={"empty": 1},
    refused={"no known format": 2},
    samples=(Refused(3, "no known format", "what"), Refused(9, "no known format", "is")),
    new_routes=2,
)
SECOND = LogResult(
    "-",
    LogOutcome.CONTINUED,
    format="common",
    timezone="UTC",
    lines=5,
    entries=2,
    noise={"empty": 1, "banner": 1},
    refused={"status": 1},
    samples=(Refused(4, "status", "this"),),
    from_start=False,
    unfinished=True,
    new_routes=1,
    problem="-: damaged",
)


def test_two_logs_of_one_pipe_add_up() -> None:
    assert (
        LogResult(
            "-",
            LogOutcome.NEW,
            format="combined",
            timezone="as logged",
            lines=15,
            entries=9,
            noise={"empty": 2, "banner": 1},
            refused={"no known format": 2, "status": 1},
            samples=(*FIRST.samples, Refused(14, "status", "this")),
            from_start=False,
            unfinished=True,
            new_routes=3,
            problem="-: damaged",
        )
        == FIRST + SECOND
    )


def test_the_result_of_a_log_without_new_lines_is_that_of_the_next() -> None:
    nothing = LogResult("-", LogOutcome.BEGINNING, from_start=False)
    both = nothing + FIRST
    assert (both.result, both.lines, both.format) == (LogOutcome.NEW, 10, "combined")
    assert not both.from_start, "the lines that were passed over have numbers too"


def test_lines_are_entries_noise_and_refused() -> None:
    for log in (FIRST, SECOND, FIRST + SECOND):
        assert log.lines == log.entries + log.noise_lines + log.refused_lines
