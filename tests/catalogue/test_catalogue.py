"""The catalogue is whole: every entry can be shown in every language."""

import re
from pathlib import Path

import pytest

from analysis.analyses import ANALYSES
from analysis.analyses.rows import LADDER
from analysis.catalogue import indicator, indicators, level, levels, lineage, questions, shown, source, sources
from analysis.catalogue.indicator_list import CLOSED
from analysis.catalogue.reading import texts
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError
from analysis.store.sources import READERS
from analysis.store.units import ORDER


@pytest.mark.parametrize("measure", indicators().values(), ids=lambda each: each.id)
def test_an_indicator_can_be_shown_and_measured(measure) -> None:  # type: ignore[no-untyped-def]
    for words in (measure.name, measure.short, measure.definition):
        assert set(words) == {"sv", "nb", "en"} and all(words.values())
    assert all(text.endswith(".") for text in measure.definition.values())
    assert measure.minimum < measure.maximum
    assert measure.source in sources()
    assert measure.n_from is None or indicators()[measure.n_from].unit == "count"
    assert measure.noise != "binomial" or measure.unit == "percent"
    assert measure.aggregation != "sum" or measure.unit == "count"
    for field, words in CLOSED.items():
        assert getattr(measure, field) in words


def test_no_two_indicators_of_a_country_have_the_same_name() -> None:
    for lang in ("sv", "nb", "en"):
        for words in ("name", "short"):
            seen = [(each.country, getattr(each, words)[lang]) for each in indicators().values()]
            assert len(seen) == len(set(seen))


def test_the_new_scale_of_2022_is_a_break_for_every_norwegian_test() -> None:
    tests = [each for each in indicators().values() if each.unit == "scale_50_10"]
    assert len(tests) == 8
    for each in tests:
        assert each.segment(2021) + 1 == each.segment(2022)
        assert each.pupil_sd == 10 and each.pupil_sd_source is not None


def test_the_ladder_goes_from_class_to_nation() -> None:
    assert list(levels()) == ["group", "team", "school", "area", "municipality", "region", "nation"]
    assert [each.parent for each in levels().values()] == [*list(levels())[1:], None]
    assert [each.order for each in levels().values()] == [1, 2, 3, 4, 5, 6, 7]
    assert tuple(levels()) == LADDER == tuple(reversed(ORDER))


def test_an_indicator_with_a_grade_in_its_name_is_about_that_grade() -> None:
    for name, each in indicators().items():
        said = re.search(r"_(6|9)$|^np(\d)", name)
        if said and each.unit != "count":
            assert each.grade == int(said[1] or said[2])
    assert {name for name, each in indicators().items() if each.quality == "result" and each.grade is None} == set()


def test_a_pupils_earlier_result_is_of_the_same_country_and_of_so_many_grades_before() -> None:
    with_prior = [each for each in indicators().values() if each.prior]
    assert len(with_prior) == 10
    for each in with_prior:
        for name in each.prior:
            earlier = indicators()[name]
            assert earlier.country == each.country and each.grade - earlier.grade == each.prior_years


@pytest.mark.parametrize(
    ("text", "is_made_up"),
    [("synthetic = true\n", True), ("synthetic = false\n", False), ("[synthetic]\nseed = 7\n", True), ("", False)],
)
def test_the_settings_say_whether_everything_is_made_up(tmp_path: Path, text: str, is_made_up: bool) -> None:
    (tmp_path / "arshjul.toml").write_text(text)
    assert Workspace.find(tmp_path).synthetic is is_made_up


def test_every_source_has_a_reader_a_licence_and_a_line_to_print() -> None:
    for each in sources().values():
        assert each.reader in READERS and each.licence and each.files
        assert set(each.attribution) == {"sv", "nb", "en"}
    assert "statistikkportalen.udir.no" in source("udir_wide").attribution["nb"]


def test_pages_show_indicators_of_their_own_country() -> None:
    assert questions() == ANALYSES
    assert shown("trend", "se", "school")[0] == "merit_value"
    assert shown("adjusted", "no", "school") == ()
    for question in questions():
        for country in ("se", "no"):
            for step in levels():
                for each in shown(question, country, step):
                    assert indicator(each).country == country


@pytest.mark.parametrize(
    ("ask", "suggestion"),
    [
        (lambda: indicator("merit_valeu"), "Did you mean 'merit_value'"),
        (lambda: level("scool"), "Did you mean 'school'"),
        (lambda: source("udir_wid"), "Did you mean 'udir_wide'"),
        (lambda: shown("tren", "se", "school"), "Did you mean 'trend'"),
        (lambda: shown("trend", "se", "scool"), "Did you mean 'school'"),
    ],
)
def test_an_unknown_name_gets_the_nearest_one(ask, suggestion: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=suggestion):
        ask()


def test_a_text_must_be_written_in_every_language() -> None:
    with pytest.raises(UsageError, match="must be written in sv, nb and en"):
        texts({"sv": "skola", "nb": "", "en": "school"}, "levels.toml: school.name")


def test_no_code_is_both_carried_and_divided_and_none_is_carried_twice() -> None:
    known = lineage()
    assert len(known.municipalities) == 113
    assert not set(known.municipalities) & set(known.splits)
    assert len(set(known.municipalities.values())) == 113
    assert not {("no", new) for new in known.municipalities.values()} & set(known.municipalities)


def test_a_workspace_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "arshjul.toml").write_text('[scope]\nse = ["01"]\n[build]\nwithin = ["0180"]\nhaving = ["girls"]\n')
    below = tmp_path / "reports" / "sv"
    below.mkdir(parents=True)
    found = Workspace.find(below)
    assert found.root == tmp_path.resolve()
    assert (found.scope, found.within, found.having) == ({"se": ("01",)}, ("0180",), ("girls",))
    assert found.store == found.root / "data" / "store"


def test_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mend:"):
        Workspace.find(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[scop]\n", "Did you mean 'scope'"),
        ("[build]\nwithn = []\n", "Did you mean 'within'"),
        ("[scope]\nse = [1]\n", "codes of 2 digits in quotation marks"),
        ("[build]\nwithin = [180]\n", "a list of texts in quotation marks"),
        ('[build]\nhaving = ["merit"]\n', "unknown indicator 'merit'"),
        ("scope = 1\n", "is a table"),
        ("synthetic = 1\n", "is a table"),
        ("[synthetic]\nseed = true\n", "synthetic.seed is a whole number"),
        ("[synthetic]\nsed = 1\n", "Did you mean 'seed'"),
        ("[scope\n", "the settings must be TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "arshjul.toml").write_text(text)
    with pytest.raises(UsageError, match=words):
        Workspace.find(tmp_path)
