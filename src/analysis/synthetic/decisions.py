"""What the made-up municipality has decided and written: targets, commitments, accounts and a programme."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from analysis.synthetic import plan
from analysis.synthetic.municipality import Municipality
from analysis.synthetic.plan import LAST_YEAR, MUNICIPALITY
from analysis.synthetic.programme import INDICATOR
from analysis.synthetic.true_values import gap


@dataclass(frozen=True)
class Target:
    """A target set so far from the true value of the newest year (`away`), due so many years after it."""

    unit: str
    indicator: str
    kind: str
    away: float
    years: int
    set_by: str
    why: str


@dataclass(frozen=True)
class Commitment:
    """What somebody said they would do, so many years before the newest (`ago`)."""

    unit: str
    ago: int
    why: str
    what: str
    expected: str
    indicators: str
    status: str
    role: str
    follow_up_on: str
    outcome: str


@dataclass(frozen=True)
class Answer:
    """What somebody answers, in the newest year, to a question that must be asked."""

    unit: str
    question: str
    role: str
    text: str


SHARES, WHOLE = ("all_subjects_passed_6", "all_subjects_passed_9", "eligible_vocational"), ("merit_value",)
"""indicators whose targets are set in whole numbers"""
GAP = "gap_reduction"
TARGETS = (
    Target(MUNICIPALITY, "merit_value", "goal", -6.0, 0, "council", "Eleverna ska lämna skolan väl förberedda."),
    Target(MUNICIPALITY, "all_subjects_passed_9", "goal", 6.0, 2, "council", "Alla elever ska nå godkänt."),
    Target(
        MUNICIPALITY, "eligible_vocational", "minimum", -8.0, 0, "council", "Ingen skola får ligga under denna nivå."
    ),
    Target(
        MUNICIPALITY, "all_subjects_passed_6", "minimum", -3.0, 1, "administration",
        "Kunskaperna ska vara säkrade i mellanstadiet.",
    ),
    Target(plan.RISES, "national_test_maths_6", "improvement", -0.4, 0, "school", "Vi vill lyfta matematiken."),
    Target(plan.FALLS, "merit_value", "improvement", 14.0, 2, "administration", "Skolan ska upp till tidigare nivå."),
    Target(plan.GAP_CLOSES, "merit_value", GAP, 8.0, 0, "school", "Pojkar och flickor ska nå lika långt."),
    Target(
        MUNICIPALITY, "national_test_swedish_6", GAP, -0.3, 2, "administration",
        "Skillnaden mellan flickor och pojkar i svenska ska minska.",
    ),
    Target(MUNICIPALITY, "survey_safety", "goal", -0.2, 1, "council", "Alla elever ska känna sig trygga."),
)  # fmt: skip
COMMITMENTS = (
    Commitment(
        MUNICIPALITY, 2, "Läsförståelsen i årskurs 6 varierade mellan skolorna.", "Läsprogram i utvalda skolor.",
        "Bättre resultat på nationella provet i svenska.", "national_test_swedish_6", "ongoing", "skolchef",
        f"{LAST_YEAR + 1}-06-15", "partly",
    ),
    Commitment(
        plan.GAP_CLOSES, 5, "Pojkarnas resultat låg under flickornas.", "Gemensam planering av lektioner i alla ämnen.",
        "Mindre skillnad mellan flickor och pojkar.", "merit_value national_test_swedish_6", "done", "rektor",
        f"{LAST_YEAR}-06-15", "effect",
    ),
    Commitment(
        plan.FALLS, 1, "Meritvärdet har sjunkit flera år i rad.", "Stöd till lärarna i årskurs 9.",
        "Sjunkande resultat ska vändas.", "merit_value", "ongoing", "rektor", f"{LAST_YEAR + 1}-06-15", "none",
    ),
    Commitment(
        plan.FEW_ANSWER, 0, "Få elever svarar på enkäten.", "Avsatt tid för enkäten i alla klasser.",
        "Minst åtta av tio elever svarar.", "survey_safety survey_study_peace", "planned", "biträdande rektor",
        f"{LAST_YEAR + 1}-03-01", "",
    ),
    Commitment(
        plan.RISES, 4, "Matematiken behövde ett gemensamt arbetssätt.", "Lärarna planerar matematiken tillsammans.",
        "Fler elever når godkänt i matematik.", "national_test_maths_6", "carried", "rektor", f"{LAST_YEAR}-06-15",
        "effect",
    ),
    Commitment(
        plan.MERGER, 4, "Två skolor blev en.", "Gemensamma rutiner för trygghet på rasterna.",
        "Eleverna känner sig trygga i den nya skolan.", "survey_safety", "done", "rektor", f"{LAST_YEAR - 2}-06-15",
        "unclear",
    ),
    Commitment(
        plan.LARGE, 3, "Studieron var ojämn mellan klasserna.", "Två lärare i klassrummet i årskurs 7.",
        "Bättre studiero.", "survey_study_peace", "stopped", "rektor", "", "unclear",
    ),
)  # fmt: skip


ANSWERS = (
    Answer(
        plan.FALLS, "results_and_why", "rektor",
        "Betygen i årskurs 9 fortsätter nedåt. Vi har bytt lärare i flera ämnen och har inte haft någon gemensam "
        "planering; stödet till lärarna kom i gång först på vårterminen.",
    ),
    Answer(
        plan.FALLS, "priorities", "rektor",
        "Behöriga lärare i matematik och svenska först, därefter studiero i årskurs 8.",
    ),
    Answer(
        plan.FALLS, "support_needed", "rektor", "Hjälp med rekrytering, och en kollega från en skola som har lyckats.",
    ),
    Answer(
        plan.RISES, "results_and_why", "rektor",
        "Fler når godkänt i matematik. Vi tror att det beror på att lärarna planerar tillsammans, men vi har inte "
        "jämfört med någon annan skola.",
    ),
    Answer(plan.RISES, "support_needed", "rektor", "Tid för två lärare att visa sitt arbetssätt på andra skolor."),
    Answer(
        plan.GAP_CLOSES, "results_and_why", "rektor",
        "Skillnaden mellan flickor och pojkar har minskat. Pojkarna läser mer, och lektionerna är lika uppbyggda "
        "i alla ämnen.",
    ),
    Answer(
        plan.LARGE, "left_behind", "biträdande rektor",
        "Elever med lång frånvaro syns inte i siffrorna. Vi följer dem varje vecka tillsammans med elevhälsan.",
    ),
    Answer(
        MUNICIPALITY, "causes", "skolchef",
        "Stor rörlighet bland lärarna på två skolor, och ojämn undervisning i läsning före läsprogrammet.",
    ),
    Answer(
        MUNICIPALITY, "differences_shrinking", "skolchef",
        "Inte mellan skolorna som helhet. Vi lägger nästa läsårs gemensamma tid på de skolor "
        "där det går trögast.",
    ),
)  # fmt: skip


def _level(code: str) -> str:
    return "municipality" if code == MUNICIPALITY else "school"


def targets(town: Municipality, true_values: pd.DataFrame, true_surveys: pd.DataFrame) -> pd.DataFrame:
    """The targets, with ``true_value`` in the newest year and whether it is ``truly_met``.

    A goal, a minimum and an improvement say the value to reach; a gap_reduction says the largest difference
    between girls and boys.
    """
    both = pd.concat([true_values[true_values["group"] == "all"], true_surveys])
    newest = both[both["school_year"] == LAST_YEAR].set_index(["unit_id", "indicator"])["expected"]
    rows = []
    for number, each in enumerate(TARGETS, 1):
        level = _level(each.unit)
        unit_id = f"se:{level}:{each.unit}"
        is_gap = each.kind == GAP
        true = abs(gap(town, unit_id, each.indicator)) if is_gap else float(newest[unit_id, each.indicator])
        step = 1.0 if each.indicator in (*SHARES, *WHOLE) else 0.1
        value = max(step, round(step * math.floor((true + each.away) / step + 0.5), 1))
        said = {
            "target": f"mal-{number}", "unit_code": each.unit, "level": level, "indicator": each.indicator,
            "kind": each.kind, "target_value": f"{value:g}", "due_school_year": LAST_YEAR + each.years,
            "set_by": each.set_by, "decided_on": f"{LAST_YEAR - 3}-11-{9 + number:02d}", "why": each.why,
        }  # fmt: skip
        rows.append(said | {"true_value": true, "truly_met": true <= value if is_gap else true >= value})
    return pd.DataFrame(rows)


def commitments() -> pd.DataFrame:
    """What schools and the administration said they would do, and what came of it."""
    rows = [
        {
            "commitment": f"atagande-{number}", "unit_code": each.unit, "level": _level(each.unit),
            "school_year": LAST_YEAR - each.ago, "why": each.why, "what": each.what, "expected": each.expected,
            "indicators": each.indicators, "status": each.status, "responsible_role": each.role,
            "follow_up_on": each.follow_up_on, "outcome": each.outcome,
        }
        for number, each in enumerate(COMMITMENTS, 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def accounts() -> pd.DataFrame:
    """What schools and the administration have answered in the newest year."""
    rows = [
        {
            "unit_code": each.unit, "level": _level(each.unit), "school_year": LAST_YEAR, "question": each.question,
            "text": each.text, "written_by_role": each.role, "written_on": f"{LAST_YEAR + 1}-08-20",
        }
        for each in ANSWERS
    ]  # fmt: skip
    return pd.DataFrame(rows)


def interventions(town: Municipality) -> pd.DataFrame:
    """The schools of the reading programme, one row each."""
    schools = town.programme.schools
    return pd.DataFrame(
        {
            "intervention": "lasprogram",
            "name": "Läsprogrammet",
            "unit_code": [town.plan.schools[each].code for each in schools["school"]],
            "level": "school",
            "adoption_school_year": schools["adoption_year"],
            "exit_school_year": "",
            "wave": schools["wave"],
            "selected_on": INDICATOR,
            "selection_school_year": schools["selection_year"],
        }
    )
