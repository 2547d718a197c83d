"""What the made-up places are called: none of the names is a Swedish school's, municipality's or county's."""

from __future__ import annotations

COUNTY = ("99", "Vidmarks län")
MUNICIPALITIES = (
    ("9901", "Almvik"), ("9902", "Tallhed"), ("9903", "Vassmo"), ("9904", "Ekfors"),
    ("9905", "Sjöhult"), ("9906", "Kvarnhed"), ("9907", "Björkmark"), ("9908", "Granhed"),
)  # fmt: skip
AREAS = {"9901-1": "Område Norr", "9901-2": "Område Centrum", "9901-3": "Område Söder"}

NEIGHBOUR_SCHOOLS = tuple(
    f"{place}skolan"
    for place in (
        "Solvret", "Stenvret", "Flodås", "Nordlid", "Västmo", "Tallvret", "Klockvik", "Svanmo", "Dalvret", "Sjölid",
        "Humlevik", "Almlid", "Furumo", "Getvik", "Hagmo", "Idvret", "Järnmo", "Kornvik", "Lönnlid", "Moravret",
        "Nyckelvik", "Orrmo", "Pilvret", "Rågvik", "Silvermo", "Torpvret", "Vretlid", "Ålmo", "Ärlevik", "Öringmo",
        "Bokmo", "Duvmo", "Falkvret", "Gökmo", "Harvret", "Islid", "Jaktvret", "Karpmo", "Lomvik", "Mårdmo",
        "Näckvik", "Pärlmo", "Ravret", "Sälgmo", "Trastmo", "Utmo", "Vargmo", "Lodjursmo", "Björnlid",
    )
)  # fmt: skip
"""seven for each of the seven neighbouring municipalities"""


def school_code(municipality: str, number: int) -> str:
    """The code of a made-up school, eight digits that begin with 9999.

    >>> school_code("9901", 3)
    '99990103'
    """
    return f"9999{municipality[2:]}{number:02d}"
