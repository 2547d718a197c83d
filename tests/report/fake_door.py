"""A door for tests: displays parts of a page with the marks of the real one, and made-up figures."""

import base64

from IPython.display import display

IMAGE = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="460" height="220" viewBox="0 0 460 220">'
    b'<path d="M40 180 L160 120 L280 130 L420 60" fill="none" stroke="#12436D" stroke-width="3"/>'
    b'<text x="40" y="205" font-size="13">2019/20</text><text x="375" y="205" font-size="13">2023/24</text></svg>'
).decode()
WORDS = {
    "sv": ("I korthet", "Utveckling över tid", "Visa siffrorna som tabell"),
    "nb": ("Kort fortalt", "Utvikling over tid", "Vis tallene som tabell"),
    "en": ("In short", "Development over time", "Show the figures as a table"),
}
TABLE = (
    '<div class="table-wrap" tabindex="0" role="region" aria-label="Tabell: {what}"><table>'
    '<caption>{what}</caption><thead><tr><th scope="col">Läsår</th><th scope="col" class="number">Värde</th>'
    '<th scope="col">Anmärkning</th></tr></thead><tbody><tr><th scope="row">2022/23</th><td class="number">201,3</td>'
    '<td>given</td></tr><tr><th scope="row">2023/24</th><td class="number">204,9</td><td>given</td></tr></tbody>'
    '</table></div><p><a class="csv" download="a.csv" href="data:text/csv;charset=utf-8,a%3Bb">CSV</a></p>'
)


class Seen:
    def __init__(self, unit, school_year, lang, audience, name):
        self.unit, self.school_year, self.lang, self.name, self.pieces = unit, school_year, lang, name, []

    def display(self, kind, html, title="", **more):
        marks = {"kind": kind, "unit": self.unit, "unit_name": self.name, "school_year": self.school_year}
        marks |= {"lang": self.lang, "title": title, "question": "", "anchor": kind}
        marks |= {"figures": 0, "tables": 0, "sentences": 0} | more
        self.pieces.append(marks)
        display({"text/html": html, "text/plain": kind}, raw=True, metadata={"arshjul": marks})


def open_page(*, unit, school_year, lang, audience, name="Björkskolan"):
    return Seen(unit, school_year, lang, audience, name)


def heading(seen):
    seen.display(
        "heading",
        '<header class="heading"><nav class="breadcrumb" aria-label="Du är här"><ol><li><a href="../index.html">Alla'
        '</a></li><li><a href="../municipality/se-municipality-0180.html">Stockholm</a></li>'
        f'<li aria-current="page">{seen.name}</li></ol></nav><p class="kind">Kvalitetsrapport</p>'
        f"<h1>{seen.name} {seen.school_year}</h1>"
        f'<p class="subtitle">Skola i Stockholm, {seen.school_year}.</p></header>',
    )


def in_short(seen):
    seen.display(
        "summary",
        f'<section class="in-short" id="in-short"><h2>{WORDS[seen.lang][0]}</h2><ol class="messages"><li>Meritvärdet '
        "visar ingen säker förändring 2019/20–2023/24: +0,9 poäng per år (−0,6 till +2,4).</li><li>Meritvärdet går "
        'inte att skilja från kommunens.</li></ol><dl class="keys"><div><dt>Meritvärde</dt><dd><span class="big">204,9'
        '</span> <span class="pm">± 9,4</span></dd></div><div><dt>Kommunen</dt><dd><span class="big">228,1</span></dd>'
        '</div><div><dt>Elever</dt><dd><span class="big">66</span></dd></div></dl><p class="missing">2 av 40 värden '
        "är skyddade.</p></section>",
        WORDS[seen.lang][0],
        sentences=2,
    )


def show(question, seen):
    title, shown = WORDS[seen.lang][1:]
    seen.display(
        "question",
        f'<section class="question" id="{question}" data-question="{question}" data-unit="{seen.unit}"><h2>{title}</h2>'
        '<p class="lead">Blir det bättre?</p><ul class="findings"><li data-indicator="merit_value" data-verdict="none">'
        "Meritvärdet visar ingen säker förändring.</li></ul><figure><figcaption><strong>Ingen säker förändring</strong>"
        f' <span class="sub">Poäng, 2019/20–2023/24</span></figcaption><img src="data:image/svg+xml;base64,{IMAGE}" '
        'alt="Linjediagram: skolans meritvärde 2019/20–2023/24, utan säker förändring."></figure>'
        f'<details class="data"><summary>{shown}</summary>{TABLE.format(what="Meritvärde")}</details></section>',
        title,
        figures=1,
        tables=1,
        sentences=1,
    )


def methods(seen):
    seen.display("methods", '<section class="methods" id="methods"><h2>Metod</h2><p>Text.</p></section>', "Metod")


def close(seen):
    totals = {name: sum(each[name] for each in seen.pieces) for name in ("figures", "tables", "sentences")}
    html = '<footer class="foot"><h2>Om sidan</h2><dl><div><dt>Källa</dt><dd>Skolverket</dd></div></dl></footer>'
    seen.display("end", html, f"{seen.name} {seen.school_year}", description="Kvalitetsrapport", **totals)
