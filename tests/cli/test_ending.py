"""What a run says at its end, and the events it tells programs."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import typer

from analysis.batch.selection import RunSummary, Took
from analysis.batch.telling import Line
from analysis.cli.ending import close_run
from analysis.cli.progress import Events

SLOW = Took("Alafors skola", 7.25, 500_000_000, 310_000, ("7.2 s of 5", "310,000 bytes of 300,000"))
FAILED = ("se:school:1", "Bohus skola", "its time was up")


def summary(**changed: object) -> RunSummary:
    fields = {"made": 2, "kept": 1, "failed": (), "out": Path("reports/run"), "seconds": 9.0, "planned": 3}
    return RunSummary(**{**fields, **changed})


def test_the_slowest_pages_and_those_beyond_the_budget_are_named(capsys) -> None:
    close_run(summary(slowest=(SLOW,), beyond_budget=(SLOW,)))
    assert capsys.readouterr().out.splitlines() == [
        "the slowest pages     seconds  memory  size",
        "  Alafors skola           7.2   500 MB  310 kB",
        "beyond the budget: Alafors skola: 7.2 s of 5, 310,000 bytes of 300,000",
        "2 made, 1 up to date, 0 failed, in 9.0 s",
        "open reports/run/index.html",
    ]


def test_a_failed_page_is_named_with_its_cause_and_the_exit_code_is_1(capsys) -> None:
    with pytest.raises(typer.Exit) as end:
        close_run(summary(failed=(FAILED,), codes={"se:school:1": "TIMEOUT"}))
    assert end.value.exit_code == 1
    assert capsys.readouterr().err == "failed: Bohus skola (se:school:1): TIMEOUT: its time was up\n"


def test_a_dry_run_says_of_each_page_why_and_how_long_it_takes(capsys) -> None:
    why = (("se:school:1", "Bohus skola", ("the notebook has changed", "its parameters have changed")),)
    close_run(summary(made=0, why=why, kept=2, seconds_left=95.0), dry_run=True)
    assert capsys.readouterr().out.splitlines() == [
        "Bohus skola (se:school:1): the notebook has changed; its parameters have changed",
        "3 planned, 2 up to date, 1 to make, about 2 min; nothing was made",
    ]


def test_a_shard_says_that_it_waits_to_be_joined(capsys) -> None:
    close_run(summary(shard=(3, 8)))
    assert capsys.readouterr().out.splitlines()[-1] == "shard 3 of 8 is done; when all are: arshjul join"


def test_the_events_of_a_run_are_lines_of_json(capsys) -> None:
    stream = io.StringIO()
    tell = Events(stream)
    tell("reading a.csv")
    tell(Line("page 1/2 Ale", event="page", unit="se:school:1", state="made"))
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {"event": "note", "text": "reading a.csv"},
        {"event": "page", "unit": "se:school:1", "state": "made"},
    ]
    with pytest.raises(typer.Exit):
        close_run(summary(failed=(FAILED,), codes={"se:school:1": "TIMEOUT"}), as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["event"] == "summary" and found["failed"] == [
        {"unit": "se:school:1", "name": "Bohus skola", "code": "TIMEOUT", "reason": "its time was up"}
    ]
