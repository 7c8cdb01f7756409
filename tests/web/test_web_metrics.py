"""Prometheus' text: what its own parser reads of it, and counters that never fall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flask_status_cli.cli import run
from flask_status_cli.model import LifetimeCount
from flask_status_cli.model.pruning import ClosedEpisodes, Pruning
from flask_status_cli.model.settings import PolicySettings, Settings
from flask_status_cli.pipeline.report import summarize
from flask_status_cli.pipeline.site import lifetime_counts, prometheus, report_options
from flask_status_cli.render.prometheus import render
from flask_status_cli.store import Ledger, Store

Samples = dict[tuple[str, ...], float]


def parsed(text: str) -> dict[str, Samples]:
    """Samples by metric, each by the values of its labels."""
    found: dict[str, Samples] = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation.endswith(".")
        assert family.type in ("counter", "gauge")
        for sample in family.samples:
            assert (family.type == "counter") == sample.name.endswith("_total")
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


@pytest.fixture
def metrics(database: Path, clock: Any) -> Callable[[], dict[str, Samples]]:
    options = report_options(Settings(), database, ZoneInfo("UTC"))
    return lambda: parsed(prometheus(summarize(options, clock=clock), options))


def test_prometheus_reads_what_was_counted(metrics: Callable[[], dict[str, Samples]]) -> None:
    found = metrics()
    assert found["flask_status_requests_total"] == {
        ("", "/", "200"): 2,
        ("", "/", "304"): 1,
        ("", "/about", "200"): 1,
        ("", "/about", "500"): 1,
        ("", "/quiet", "200"): 1,
    }
    assert found["flask_status_site_requests_total"] == {
        ("", "200"): 4,
        ("", "304"): 1,
        ("", "404"): 1,  # of /nope, which never answered and is no route
        ("", "500"): 1,
    }
    assert found["flask_status_route_availability_ratio"]["", "/about"] == 0.5
    assert found["flask_status_availability_ratio"][()] == pytest.approx(5 / 6)
    states = found["flask_status_route_condition"]
    assert [states["", "/about", name] for name in ("operational", "partial_outage")] == [0, 1]
    assert found["flask_status_stale"][()] == 0
    assert found["flask_status_last_read_timestamp_seconds"][()] == 1795428620  # 10:10:20 UTC
    assert found["flask_status_newest_request_timestamp_seconds"][()] == 1795428360  # 10:06


def test_data_that_are_no_longer_read_are_stale(
    metrics: Callable[[], dict[str, Samples]], clock: Any
) -> None:
    clock.forward(timedelta(minutes=16))
    found = metrics()
    assert found["flask_status_stale"][()] == 1
    assert found["flask_status_condition"]["no_data",] == 1


def test_counters_do_not_fall_when_quarters_are_pruned(
    metrics: Callable[[], dict[str, Samples]], database: Path, clock: Any
) -> None:
    before = metrics()
    quarters_end = 2**30
    for _ in range(2):
        with Store.open(database, create=False, clock=clock) as store:
            list(store.prune(Pruning(0, quarters_end, ClosedEpisodes(0, ()))))
    with Ledger.open(database) as ledger:
        assert ledger.requests(0, quarters_end) == [(4, 404, 1)]  # what waits for an answer
    after = metrics()
    for name in ("flask_status_requests_total", "flask_status_site_requests_total"):
        assert after[name] == before[name]


def test_a_hidden_route_is_not_published_and_the_site_does_not_fall(
    metrics: Callable[[], dict[str, Samples]], database: Path, clock: Any
) -> None:
    from flask_status_cli.pipeline.routes.list_and_edit import hide_routes

    before = metrics()["flask_status_site_requests_total"]
    hide_routes(database, ["/about"], hidden=True, label=None, clock=clock)
    found = metrics()
    assert {rule for _, rule, _ in found["flask_status_requests_total"]} == {"/", "/quiet"}
    assert found["flask_status_site_requests_total"] == before


@pytest.mark.parametrize("rule", ['/a"b', "/a\\b", "/a\nb", "/a{}#b", "/\udce9", "/é", "/ "])
def test_a_rule_may_contain_any_characters(rule: str, database: Path, clock: Any) -> None:
    options = report_options(Settings(), database, ZoneInfo("UTC"))
    summary = summarize(options, clock=clock)
    found = parsed(render(summary, [LifetimeCount("", rule, 200, 7)]))
    shown = rule.replace("\udce9", "\\udce9")
    assert found["flask_status_requests_total"] == {("", shown, "200"): 7}


def test_an_empty_database_has_metrics_as_well(tmp_path: Path, clock: Any) -> None:
    path = tmp_path / "empty.db"
    Store.open(path, create=True, clock=clock).close()
    options = report_options(Settings(), path, ZoneInfo("UTC"))
    assert lifetime_counts(options) == ()
    found = parsed(prometheus(summarize(options, clock=clock), options))
    assert "flask_status_requests_total" not in found
    assert "flask_status_last_read_timestamp_seconds" not in found


def test_the_textfile_collector_gets_a_whole_file(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "flask_status.prom"
    assert run(["--db", str(database), "report", "--now", "last", "--prometheus", str(path)]) == 0
    assert run(["--db", str(database), "report", "--now", "last", "--prometheus", "-"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == (path.read_text(), "")
    assert parsed(told.out)["flask_status_requests_total"]["", "/", "200"] == 2
    assert list(tmp_path.glob("*.prom*")) == [path]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--prometheus", "a", "-o", "b"], "--prometheus already names the file; leave out -o"),
        (["--prometheus", "a", "--json"], "choose one of --prometheus and --json"),
        (["--prometheus", "a", "--all"], "--prometheus always has all rows; leave out --all"),
        (["--prometheus", "a", "--title", "x"], "--title is for the page"),
    ],
)
def test_metrics_cannot_be_combined_with_another_format(
    words: list[str], told: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--db", str(database), "report", *words]) == 2
    assert told in capsys.readouterr().err


def test_the_policy_of_the_settings_decides_what_is_available(database: Path, clock: Any) -> None:
    known = Settings(policy=PolicySettings(success=("2xx", "3xx", "5xx"), failure=(404,)))
    options = report_options(known, database, ZoneInfo("UTC"))
    found = parsed(prometheus(summarize(options, clock=clock), options))
    assert found["flask_status_route_availability_ratio"]["", "/about"] == 1.0
