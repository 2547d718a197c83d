"""What holds for every question."""

import re
import string
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses import ANALYSES, analysis
from analysis.analyses.wording import LANGUAGES, words
from analysis.errors import UsageError
from analysis.model.observations import Observations

LEVELS = ("school", "municipality", "region")
SILENT = ("segregation", "value_added", "growth", "survey")
"""these ask for shares, pupils or answers, which the sixty schools lack"""
CASES = [(question, level) for question in ANALYSES for level in LEVELS if question not in SILENT]
PANELS = {
    ("equity", "school"): 0,
    ("adjusted", "school"): 6,
    ("adjusted", "municipality"): 0,
    ("adjusted", "region"): 0,
}
PANELS |= {("funnel", "municipality"): 0, ("funnel", "region"): 0}
"""how many panels three measures get where it is not three: two each, or none where there is no other unit"""
CAUSES = re.compile(
    r"effekt|ledde till|beror på|orsak|førte til|skyldes|årsak|effect|\bcaused?\b|led to|because of|\brank(ad|as)\b",
    re.I,
)


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("question", ANALYSES)
def test_every_language_has_the_same_keys_and_fields(question: str) -> None:
    swedish, *others = (words(question, lang) for lang in LANGUAGES)
    for other in others:
        assert other.keys() == swedish.keys()
        for key, text in swedish.items():
            assert _fields(other[key]) == _fields(text), key


@pytest.mark.parametrize("question", ANALYSES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_speaks_of_causes(question: str, lang: str) -> None:
    found = {key: text for key, text in words(question, lang).items() if CAUSES.search(text)}
    assert found == {}


@pytest.mark.parametrize(("question", "level"), CASES)
def test_every_unit_is_answered_in_every_language(question: str, level: str, many: Observations) -> None:
    chosen = analysis(question)
    result = chosen.measure(many, level, 2023)
    assert list(result.estimates.index) == list(many.units.index[many.units["level"] == level])
    for unit in result.estimates.index:
        for lang in LANGUAGES:
            said = chosen.say(result, unit, lang)
            texts = [said.headline, said.sentence, chosen.describe([result], unit, lang)]
            texts.append(chosen.explain(result, unit, lang))
            assert said.verdict == result.estimates.at[unit, "verdict"]
            assert said.brief.startswith(said.headline) and len(said.headline) <= 90 and 0 <= said.weight <= 1
            assert all(texts) and not any(re.search(r"\bnan\b|\binf\b|[{}]", text) for text in texts)
            assert said.headline in texts[2]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("question", SILENT)
def test_a_question_without_what_it_needs_answers_nobody(question: str, level: str, many: Observations) -> None:
    assert analysis(question).measure(many, level, 2023).estimates.empty


@pytest.mark.parametrize(("question", "level"), CASES)
def test_tables_have_words_where_there_is_no_number(question: str, level: str, many: Observations) -> None:
    result = analysis(question).measure(many, level, 2023)
    for unit in result.estimates.index[:5]:
        assert analysis(question).tabulate([result], unit, "nb").rows or question == "equity"


@pytest.mark.parametrize(("question", "level"), CASES)
def test_measuring_leaves_its_input_unchanged(question: str, level: str, many: Observations) -> None:
    before = [frame.copy() for frame in (many.rows, many.units, many.context)]
    analysis(question).measure(many, level, 2023)
    for known, found in zip(before, (many.rows, many.units, many.context), strict=True):
        pd.testing.assert_frame_equal(known, found)


@pytest.mark.parametrize("question", ANALYSES)
def test_the_order_of_rows_does_not_matter(question: str, many: Observations) -> None:
    mixed = replace(many, rows=many.rows.sample(frac=1, random_state=1).reset_index(drop=True))
    known, found = (analysis(question).measure(each, "school", 2023).estimates for each in (many, mixed))
    pd.testing.assert_frame_equal(known, found, rtol=1e-7)


@pytest.mark.parametrize("question", ANALYSES)
def test_renaming_units_renames_the_answers(question: str, many: Observations) -> None:
    def renamed(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(unit_id=frame["unit_id"].str.replace("school:0", "school:9"))

    units = renamed(many.units.reset_index()).set_index("unit_id")
    other = replace(many, rows=renamed(many.rows), units=units, context=renamed(many.context))
    known, found = (analysis(question).measure(each, "school", 2023).estimates for each in (many, other))
    numbers = known.select_dtypes("number").columns
    np.testing.assert_allclose(found[numbers].to_numpy(), known[numbers].to_numpy(), rtol=1e-7)
    assert found["verdict"].tolist() == known["verdict"].tolist()


@pytest.mark.parametrize("question", ["trend", "level", "adjusted"])
def test_withheld_and_missing_are_never_mixed_up(question: str, many: Observations) -> None:
    result = analysis(question).measure(many, "school", 2023)
    withheld, missing = result.estimates.index[2:4]
    assert result.estimates.loc[[withheld, missing], "verdict"].tolist() == ["withheld", "missing"]
    kept, absent = (analysis(question).say(result, unit, "sv").sentence for unit in (withheld, missing))
    assert "skyddad av den som publicerar statistiken" in kept and "I kommunen som helhet är värdet" in kept
    assert "ingen uppgift är redovisad" in absent and "skyddad" not in absent
    assert analysis(question).draw([result], withheld, "sv") is None
    cells = [cell for row in analysis(question).tabulate([result], withheld, "sv").rows for cell in row]
    assert "skyddad (..)" in cells


def test_a_bound_is_shown_as_the_publisher_wrote_it(made) -> None:
    result = analysis("trend").measure(made({"se:school:1": {2023: "rounded"}}), "school", 2023)
    assert result.estimates.iloc[0][["verdict", "reason"]].tolist() == ["withheld", "rounded"]
    assert analysis("trend").tabulate([result], "se:school:1", "sv").rows[0][2] == "~100"


@pytest.mark.parametrize(("question", "level"), [("trend", "school"), ("level", "school"), ("equity", "municipality")])
def test_the_verbs_sign_is_the_intervals_sign(question: str, level: str, many: Observations) -> None:
    found = analysis(question).measure(many, level, 2023).estimates
    above = found["verdict"].isin(["rise", "clearly_above", "schools_differ"])
    below = found["verdict"].isin(["fall", "clearly_below"])
    assert above.any() and (above == (found["low"] > 0)).all() and (below == (found["high"] < 0)).all()


@pytest.mark.parametrize(("question", "level"), CASES)
def test_a_figure_is_drawn_for_a_unit_with_values(question: str, level: str, many: Observations) -> None:
    result = analysis(question).measure(many, level, 2023)
    unit = result.estimates.index[-1]
    figure = analysis(question).draw([result] * 3, unit, "en")
    found = 0 if figure is None else sum(axes.get_visible() for axes in figure.axes)
    assert found == PANELS.get((question, level), 3)
    if figure is not None:
        sizes = [text.get_fontsize() for axes in figure.axes for text in axes.texts + axes.get_yticklabels()]
        assert min(sizes, default=9) >= 9 and figure.get_figwidth() == pytest.approx(7.2)


def test_an_unknown_question_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match=r"there is no question 'trand'; .* Did you mean 'trend'\?"):
        analysis("trand")


def test_reading_the_records_imports_neither_pandas_nor_matplotlib() -> None:
    code = (
        "import sys; from analysis.analyses import ANALYSES, analysis; [analysis(each) for each in ANALYSES]; "
        "print([name for name in ('pandas', 'numpy', 'matplotlib', 'scipy') if name in sys.modules])"
    )
    paths = {"PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=paths, check=True)
    assert found.stdout.strip() == "[]"


def test_the_value_of_the_unit_above_is_said_only_where_a_table_tells_it(many: Observations) -> None:
    result = analysis("goals").measure(many, "school", 2023)
    withheld = result.estimates.index[2]
    assert result.series["reference"].notna().any()
    kept = analysis("goals").say(result, withheld, "sv").sentence
    assert "skyddad" in kept and "som helhet är värdet" not in kept
