"""Pupils' codes are keyed before anything else sees them, and neither codes nor key are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from tests.store.conftest import town_in
from tests.store.town import FILES
from typer.testing import CliRunner

from analysis.cli.keys import keys as key_command
from analysis.errors import InputRefused, UsageError
from analysis.report.known import known_of
from analysis.report.leaks import Known, scan_folder
from analysis.store import Snapshot, collect
from analysis.store.local.keys import VARIABLE, key_place, keyed, new_key, read_key

SECRET = "5b" * 32


@pytest.fixture
def key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key in a place of its own, named by the environment."""
    place = tmp_path_factory.mktemp("safe") / "key"
    place.write_text(SECRET + "\n", encoding="ascii")
    place.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(place))
    return place


def moved(text: str) -> str:
    """The first column of a table as codes of pupils that are easily told: ``elev-a9-2020-3;…``."""
    header, *rows = text.splitlines()
    return "\n".join([header, *(f"elev-{row}" for row in rows)]) + "\n"


CODED = {name: moved(FILES[name]) for name in ("pupils", "results", "answers")}
CODES = frozenset(row.partition(";")[0] for row in CODED["pupils"].splitlines()[1:])


def collected(folder: Path, settings: str, **changed: str | None) -> Snapshot:
    return collect(town_in(folder, settings, "", {**CODED, **changed}), tell=lambda _: None)


def test_without_a_key_files_about_pupils_are_refused_with_a_mend(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path.parent / "nowhere" / "key"))
    with pytest.raises(InputRefused) as refused:
        collected(tmp_path, "")
    assert refused.value.mend == "pupil files need a key, make one: arshjul key new; or remove the file"
    assert not list((tmp_path / "data").rglob("*.parquet"))


def test_a_made_up_workspace_needs_no_key(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path.parent / "nowhere" / "key"))
    assert collected(tmp_path, "synthetic = true\n").is_made_up


def test_no_file_of_the_store_has_a_code_or_the_key(tmp_path, key) -> None:
    snapshot = collected(tmp_path, "")
    secret = bytes.fromhex(SECRET)
    keyed_codes = {keyed(code, secret) for code in CODES}
    known = Known(codes=CODES | keyed_codes, keys=(secret,), folders=(tmp_path, key.parent))
    assert scan_folder(tmp_path / "data" / "store", known) == []
    texts = [str(value) for file in snapshot.path.glob("*.parquet") for column in _columns(file) for value in column]
    assert len(texts) > 1000
    assert not {text for text in texts if text in CODES or text in keyed_codes or text == SECRET}


def _columns(file: Path) -> list[list[object]]:
    import pyarrow.parquet as parquet

    table = parquet.read_table(file)
    return [column.to_pylist() for column in table.columns]


def test_the_figures_are_the_same_as_those_of_a_made_up_workspace(tmp_path, key) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "made-up").mkdir()
    real = collected(tmp_path / "real", "")
    made_up = collected(tmp_path / "made-up", "synthetic = true\n")
    question = "SELECT * FROM observations ORDER BY ALL"
    one, other = real.query(question), made_up.query(question)
    assert len(one) > 50
    import pandas as pd

    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-12)


def test_a_refused_row_names_the_keyed_code_never_the_pupil_s_own(tmp_path, key) -> None:
    doubled = CODED["pupils"] + CODED["pupils"].splitlines()[1] + "\n"
    with pytest.raises(InputRefused) as refused:
        collected(tmp_path, "", pupils=doubled)
    assert "elev-" not in str(refused.value) and re.search(r"[0-9a-f]{64}", str(refused.value))


def test_an_empty_code_is_refused_by_its_own_rule(tmp_path, key) -> None:
    header, first, *rest = CODED["pupils"].splitlines()
    empty = "\n".join([header, ";" + first.partition(";")[2], *rest])
    with pytest.raises(InputRefused, match="pupil is filled in"):
        collected(tmp_path, "", pupils=empty)


def test_the_same_code_and_key_give_the_same_and_another_key_another() -> None:
    assert keyed("elev-1", b"a" * 32) == keyed("elev-1", b"a" * 32)
    assert len({keyed("elev-1", b"a" * 32), keyed("elev-1", b"b" * 32), keyed("elev-2", b"a" * 32)}) == 3


@pytest.mark.parametrize("mark", ["arshjul.toml", ".git", "manifest.json", "snapshot.json"])
def test_a_key_in_a_workspace_a_repository_or_a_run_is_refused(tmp_path, mark) -> None:
    (tmp_path / mark).write_text("", encoding="utf-8")
    place = tmp_path / "below" / "further" / "key"
    for act in (new_key, read_key):
        with pytest.raises(UsageError, match="outside every workspace, repository and folder of pages"):
            act(place)
    assert not place.exists()


def test_a_link_into_a_workspace_is_refused_too(tmp_path) -> None:
    inside = tmp_path / "workspace"
    inside.mkdir()
    (inside / "arshjul.toml").write_text("", encoding="utf-8")
    (inside / "key").write_text(SECRET, encoding="ascii")
    (inside / "key").chmod(0o600)
    (tmp_path / "key").symlink_to(inside / "key")
    with pytest.raises(UsageError, match="outside every workspace"):
        read_key(tmp_path / "key")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700])
def test_a_key_that_others_may_use_is_refused(key, mode) -> None:
    key.chmod(mode)
    with pytest.raises(UsageError, match="chmod 600"):
        read_key(key)


@pytest.mark.parametrize("text", ["", "abc", "z" * 64, SECRET[:-2], SECRET + "00"])
def test_what_is_no_key_is_refused_and_not_shown(key, text) -> None:
    key.write_text(text, encoding="ascii")
    with pytest.raises(UsageError, match="64 hexadecimal digits") as refused:
        read_key(key)
    assert not text or text not in str(refused.value)


def test_a_place_that_is_not_absolute_is_refused(monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, "key")
    with pytest.raises(UsageError, match="absolute path"):
        read_key(key_place())


def test_a_new_key_is_for_its_owner_only_and_never_written_over(tmp_path, monkeypatch) -> None:
    place = tmp_path / "home" / "key"
    monkeypatch.setenv(VARIABLE, str(place))
    program = typer.Typer()
    program.add_typer(key_command, name="key")
    said = CliRunner().invoke(program, ["key", "new"])
    assert said.exit_code == 0 and str(place) in said.output
    first = place.read_text(encoding="ascii")
    assert place.stat().st_mode & 0o777 == 0o600 and place.parent.stat().st_mode & 0o077 == 0
    assert len(read_key(place)) == 32 and first.strip() not in said.output
    again = CliRunner().invoke(program, ["key", "new"])
    assert isinstance(again.exception, UsageError) and "there is a key already" in str(again.exception)
    assert place.read_text(encoding="ascii") == first


def test_two_new_keys_differ(tmp_path) -> None:
    assert read_key(new_key(tmp_path / "a")) != read_key(new_key(tmp_path / "b"))


def test_the_scan_knows_the_codes_of_the_workspace_as_written_and_as_keyed(tmp_path, key) -> None:
    workspace = town_in(tmp_path, "", "", CODED)
    known = known_of(workspace)
    secret = bytes.fromhex(SECRET)
    assert known.codes == CODES | {keyed(code, secret) for code in CODES}
    assert known.keys == (secret,) and tmp_path in known.folders and Path.home() in known.folders
