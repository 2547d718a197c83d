"""Small files in each supplier's layout, and a workspace to put them in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.catalogue.workspace import Workspace

PUPILS = "sweden/skolverket/Grundskolan - Antal elever per årskurs 2023 Skolenhet.csv"
TESTS = "norway/nasjonale_prover/2024-25_20260224-1157_Nasjonale_proever_5._trinn.csv"
STAVANGER = "norway/stavanger/nedlasting.csv"

PUPILS_TEXT = """\
Statistik från Skolverket, https://www.skolverket.se

Grundskola - Antal elever per årskurs
Valt läsår: 2023/24

Skola;Skol-enhetskod;Skolkommun;Kommun-kod;Elever, årskurs 1-9;Andel (%) flickor, årskurs 1-9;\
Andel (%) elever med utländsk bakgrund, åk 1-9;\
Andel (%) elever med föräldrar med eftergymnasial utb., åk 1-9;Elever, årskurs 6;Elever, årskurs 9;
NA;00000011;Stockholm;0180;1 234;47,5;~100;61,0;30;28;
Ängsskolan;00000012;Stockholm;0180;90;50,0;..;70,5;.;.;

Rapportbeskrivning och definitioner etc.
Uppgifterna avser oktober; det valda året.
"""
STEM = "2024-25.Lesing.5. årstrinn.Alle eierformer.Alle kjønn."
TESTS_TEXT = (
    "sep=\t\n"
    "EnhetNivaa\tNasjonaltkode\tFylkekode\tKommunekode\tOrganisasjonsnummer\tNasjonalt\tFylke\tKommune\tEnhetNavn\t"
    f"{STEM}Skalapoeng\t{STEM}Usikkerhet\t{STEM}Antall elever deltatt\n"
    "1\tI\t00\t0000\tI\tHele landet\tAlle fylker\tAlle kommuner\tAlle skoler\t50\t0,1\t1 727\n"
    "4\tI\t03\t0301\t974000001\tHele landet\tOslo\tOslo\tBerg skole \t52\t2,0\t40\n"
    "4\tI\t03\t0301\t974000002\tHele landet\tOslo\tOslo\tDal skole\t*\t*\t*\n"
    "4\tI\t03\t0301\t974000003\tHele landet\tOslo\tOslo\tElv skole\t\t\t0\n"
)
STAVANGER_TEXT = """\
Enhetsnavn;Skoletype;Vurderingsområde;Statistikk;Indikator/delskår;Periode;Eierform;Trinn;Kjønn;Verdi;Måleenhet
Auglend skole;Grunnskole;Læringsresultater;Nasjonale prøver 5. trinn;Lesing;2014-2015;Offentlig;Trinn 5;Jenter;53;\
Skalapoeng
"""


@pytest.fixture
def place(tmp_path: Path) -> Callable[[dict[str, bytes]], Workspace]:
    """A function that makes a workspace with these files in its folder data."""

    def make(files: dict[str, bytes]) -> Workspace:
        (tmp_path / "arshjul.toml").write_text("", encoding="utf-8")
        for name, content in files.items():
            file = tmp_path / "data" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return Workspace.find(tmp_path)

    return make


@pytest.fixture
def good() -> dict[str, bytes]:
    """One small file of each text layout, all of them right."""
    return {
        PUPILS: ("\ufeff" + PUPILS_TEXT).encode("utf-8"),
        TESTS: TESTS_TEXT.encode("utf-16-le"),
        STAVANGER: ("\ufeff" + STAVANGER_TEXT).encode("utf-8"),
    }
