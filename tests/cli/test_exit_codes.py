from __future__ import annotations

import pytest

import analysis.store
from analysis.cli import main
from analysis.errors import InputRefused, Interrupted, PageFailed, UsageError


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    code = end.value.code
    assert isinstance(code, int)
    return code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PageFailed("the page"), 1),
        (UsageError("the name"), 2),
        (InputRefused("the rule", file="a.csv", found="x", mend="write y", row=7, column="n"), 4),
        (Interrupted("stopped"), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_kind_of_error_has_its_exit_code(monkeypatch, repository, capsys, error, code) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(analysis.store, "collect", fail)
    assert ended("-C", str(repository), "collect") == code
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_says_rule_place_and_mend(monkeypatch, repository, capsys) -> None:
    def fail(*_: object, **__: object) -> None:
        raise InputRefused("a share is 0 to 100", file="a.csv", found="130", mend="write a share", row=7, column="n")

    monkeypatch.setattr(analysis.store, "collect", fail)
    ended("-C", str(repository), "collect")
    known = "error: a.csv, row 7, column 'n': a share is 0 to 100\n  found: 130\n  mend:  write a share\n"
    assert capsys.readouterr().err == known


def test_a_fault_of_the_program_is_not_hidden(monkeypatch, repository) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(analysis.store, "collect", fail)
    with pytest.raises(ZeroDivisionError):
        main(["-C", str(repository), "collect"])


def test_a_folder_outside_every_workspace_is_a_usage_error(tmp_path, capsys) -> None:
    assert ended("-C", str(tmp_path), "list", "units") == 2
    found = capsys.readouterr().err
    assert found.startswith("error: no workspace")
    assert "mend:" in found


def test_csv_and_json_together_are_refused(repository, capsys) -> None:
    asked = ("measure", "trend", "--indicator", "merit_value", "--level", "school", "--csv", "a.csv", "--json")
    assert ended("-C", str(repository), *asked) == 2
    assert "--csv and --json cannot be given together" in capsys.readouterr().err
