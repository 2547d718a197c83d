"""A made-up town small enough to be counted by hand: 2 areas, 5 schools, one of them merged and one renamed."""

from __future__ import annotations

import csv
import io

UNITS = """\
unit_code;level;name;parent_code;country;first_year;last_year;successor_code
99;region;Påhittade län;;se;;;
9901;municipality;Hittestad;99;se;;;
norr;area;Norra området;9901;se;;;
99000001;school;Ängsskolan;norr;se;;2021/22;99000003
99000002;school;Bergsskolan;norr;se;;2021/22;99000003
99000003;school;Bäckskolan;norr;se;2022/23;;
99000004;school;Dalskolan;9901;se;;2022/23;99000005
99000005;school;Nya Dalskolan;9901;se;2023/24;;
lag-1;team;Arbetslag 7–9;99000001;se;;2021/22;
a9;group;9 A;lag-1;se;;2021/22;
b9;group;9 B;99000002;se;;2021/22;
c9;group;9 C;99000003;se;2022/23;;
d9;group;9 D;99000004;se;;2022/23;e9
e9;group;9 E;99000005;se;2023/24;;
e6;group;6 E;99000005;se;;;
"""
"""the class e6 is there from the start, the school that carries Dalskolan's code on too"""
CLASSES = {2020: ("a9", "b9", "d9"), 2021: ("a9", "b9", "d9"), 2022: ("c9", "d9"), 2023: ("c9", "e9")}
SIZE = {"a9": 12, "b9": 20, "c9": 30, "d9": 10, "e9": 10, "e6": 10}


def written(rows: list[dict[str, object]]) -> str:
    """The rows as a table with semicolons."""
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]), delimiter=";", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


def pupil_rows() -> list[dict[str, object]]:
    """Pupil k of a class of the year: girls are even, every third has parents of level 3, every fifth is newly arrived.

    The pupils of e9 in 2023 were in e6 in 2020, with the same codes.
    """
    rows = []
    classes = [(year, group, 9) for year, groups in CLASSES.items() for group in groups] + [(2020, "e6", 6)]
    for year, group, grade in sorted(classes):
        for k in range(SIZE[group]):
            rows.append(
                {
                    "pupil": f"e-{k}" if group in ("e6", "e9") else f"{group}-{year}-{k}",
                    "school_year": f"{year}/{(year + 1) % 100}", "grade": grade, "group_code": group,
                    "sex": "boy" if k % 2 else "girl",
                    "parents_education": 3 if k % 3 == 0 else 2 if k % 3 == 1 else "",
                    "origin": "newly_arrived" if k % 5 == 0 else "foreign_background" if k % 5 == 1 else "domestic",
                    "support": "yes" if k == 0 else "no",
                }
            )  # fmt: skip
    return rows


def merit(year: int, group: str, k: int) -> float:
    """The merit value of pupil k: the class's level plus half a step for each place."""
    return {"a9": 200.0, "b9": 240.0, "c9": 230.0, "d9": 210.0, "e9": 220.0}[group] + (year - 2020) + 2.5 * k


def result_rows() -> list[dict[str, object]]:
    """Merit values of all in grade 9, who are eligible when it is above 215, and the tests of 6 E."""
    rows: list[dict[str, object]] = []
    for each in pupil_rows():
        year, group, k = (
            int(str(each["school_year"])[:4]),
            str(each["group_code"]),
            int(str(each["pupil"]).split("-")[-1]),
        )
        beside = {"pupil": each["pupil"], "school_year": each["school_year"]}
        if group == "e6":
            tests = {
                "national_test_swedish_6": 10 + k / 2,
                "national_test_english_6": 12.5,
                "national_test_maths_6": 15,
            }
            rows += [{**beside, "indicator": name, "value": value} for name, value in tests.items()]
            continue
        points = merit(year, group, k)
        rows.append({**beside, "indicator": "merit_value", "value": f"{points:g}".replace(".", ",")})
        rows.append({**beside, "indicator": "eligible_vocational", "value": "yes" if points > 215 else "0"})
    return rows


ANSWERS = """\
pupil;school_year;survey;statement;answer
c9-2023-0;2023/24;school_survey;safety_at_school;10
c9-2023-0;2023/24;school_survey;safety_afraid;0,0
c9-2023-0;2023/24;school_survey;safety_adult_helps;6,67
c9-2023-1;2023/24;school_survey;safety_at_school;3.33
c9-2023-1;2023/24;school_survey;safety_breaks;3,33
c9-2023-1;2023/24;school_survey;safety_adult_helps;Vet inte
"""
TARGETS = """\
target;unit_code;level;indicator;kind;target_value;due_school_year;set_by;decided_on;why
m-1;9901;municipality;merit_value;goal;235;2024/25;council;2022-11-10;Alla ska lyckas.
m-2;99000004;school;merit_value;improvement;10;2024/25;school;2023-08-15;Fler ska nå längre.
"""
COMMITMENTS = """\
commitment;unit_code;level;school_year;why;what;expected;indicators;status;responsible_role;follow_up_on;outcome
a-1;99000003;school;2023/24;Läsningen.;Läslust.;Högre betyg.;merit_value eligible_vocational;ongoing;rektor;2024-06-01;
"""
INTERVENTIONS = """\
intervention;name;unit_code;level;adoption_school_year;exit_school_year;wave;selected_on;selection_school_year
lyft;Läslyftet;99000004;school;2021/22;;1;merit_value;2020/21
lyft;Läslyftet;99000003;school;2022/23;2023/24;2;;
"""
ACCOUNTS = """\
unit_code;level;school_year;question;text;written_by_role;written_on
99000003;school;2023/24;results_and_why;Fler läser hemma.;rektor;2024-08-20
9901;municipality;2023/24;causes;Samarbetet mellan skolorna.;skolchef;2024-12-01
"""
FILES = {
    "units": UNITS,
    "pupils": written(pupil_rows()),
    "results": written(result_rows()),
    "answers": ANSWERS,
    "targets": TARGETS,
    "commitments": COMMITMENTS,
    "accounts": ACCOUNTS,
    "interventions": INTERVENTIONS,
}
"""every file of the town's folder data/local"""
