import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import PurePosixPath

import pytest

from deepclaims.evidence.diagnosis import DiagnosedCell, Diagnosis
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.operating import Operating
from deepclaims.evidence.record import Finding, MlflowRuns
from deepclaims.languages import LANGUAGES
from deepclaims.report import site
from deepclaims.report.beside import Beside
from deepclaims.report.drawn import Plot, Series, Shown

VOID = {"meta", "link", "img", "source", "input", "br", "hr"}
WARNING = {
    "es": "Atención: resultados calculados con datos sustitutos",
    "en": "Warning: results computed on stand-in data",
}


ENDED_BY = {
    **dict.fromkeys(("td", "th"), ("td", "th", "tr", "tbody")),
    "thead": ("tbody",),
    "tbody": ("tbody",),
    "tr": ("tr", "tbody"),
    "li": ("li",),
    **dict.fromkeys(("dt", "dd"), ("dt", "dd")),
}
"""Elements whose end HTML lets a page leave out, and what ends them."""


class Page(HTMLParser):
    """Checks that elements nest, and collects what the tests ask about."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        while self.open and tag in ENDED_BY.get(self.open[-1], ()):
            self.open.pop()
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.references += [attributes[key] for key in ("href", "src") if key in attributes]
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open[-1] != tag and self.open[-1] in ENDED_BY:
            self.open.pop()
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def attributes(self, wanted: str) -> list[dict]:
        return [attributes for tag, attributes in self.tags if tag == wanted]


@pytest.fixture(scope="module")
def made(catalogue):
    return site.render(catalogue)


@pytest.fixture(scope="module")
def pages(made) -> dict[str, Page]:
    return {path: Page(html) for path, html in made.files.items() if path.endswith(".html")}


def on_stand_in(records):
    return [
        replace(record, data_sources=dict.fromkeys(record.data_sources, "embedded"))
        for record in records
    ]


def test_every_claim_has_a_page_in_each_language(made, catalogue):
    wanted = {"index.html", "index.es.html"}
    wanted |= {f"{language}/{record.name}.html" for record in catalogue for language in LANGUAGES}
    assert wanted <= set(made.files)


def test_pages_are_well_formed_and_say_their_language(pages):
    for path, page in pages.items():
        language = "es" if path.startswith("es/") or ".es." in path else "en"
        (root,) = page.attributes("html")
        assert root["lang"] == language
        assert len(page.ids) == len(set(page.ids)), path
        assert len(page.attributes("h1")) == 1, path


def test_links_lead_to_files_and_anchors_of_the_report(made, pages, catalogue):
    files = set(made.files) | {
        site.figure_path(record.name, figure.name, language, ending)
        for record in catalogue
        for figure in record.figures
        for language in LANGUAGES
        for ending in ("svg", "png")
    }
    for path, page in pages.items():
        for reference in page.references:
            if reference == "data:,":  # no icon: keeps browsers from asking a server for one
                continue
            assert not re.match(r"[a-z]+:|/", reference), f"{path}: {reference} leads outside"
            target, _, anchor = reference.partition("#")
            landing = _resolved(path, target) if target else path
            assert landing in files, f"{path}: {reference}"
            if anchor:
                assert anchor in pages[landing].ids, f"{path}: {reference}"


def _resolved(page: str, target: str) -> str:
    parts: list[str] = list(PurePosixPath(page).parent.parts)
    for step in target.split("/"):
        if step == "..":
            parts.pop()
        else:
            parts.append(step)
    return "/".join(parts)


def test_nothing_is_fetched_from_outside(made):
    for path, content in made.files.items():
        if path.endswith((".html", ".css")):
            without_namespaces = re.sub(r'xmlns="[^"]*"', "", content)
            assert "http" not in without_namespaces, path
            assert "@import" not in content
            assert "url(" not in content.replace("url('data:image/svg+xml,<svg", "")
            scripts = re.findall(r"<script[^>]*>", content)
            assert all(re.search(r' src="(\.\./)*static/[\w./-]+"', each) for each in scripts)


def test_every_page_quotes_the_slide_in_both_languages(pages, catalogue):
    for record in catalogue:
        for language in LANGUAGES:
            page = pages[f"{language}/{record.name}.html"]
            assert f"La filmina dice {record.id}" in page.text
            assert f"The slide says {record.id}" in page.text
            said = [each["lang"] for each in page.attributes("blockquote")]
            assert said == [language, "en" if language == "es" else "es"]


def test_a_page_has_all_that_was_promised(pages):
    page = pages["en/optimisation/three.html"]
    promised = (
        "refuted", "Does it help?", "Criterion in words", "Control in words", "1.25 %", "A caveat",
        "deepclaims measure claim=optimisation/three", "3 (1000 to 1002)",
        "12 (runs: 4)", "official files", "Srivastava et al. 2014",
        "−0.40 [−0.50, −0.30]", "n = 5",
    )  # fmt: skip
    for text in promised:
        assert text in page.text, text
    assert "0,40" not in page.text
    assert "−0,40 [−0,50; −0,30]" in pages["es/optimisation/three.html"].text


def test_formulas_are_mathml(made, pages):
    page = made.files["es/approximation/one.html"]
    assert '<math display="block"' in page
    assert "application/x-tex" in page  # to be copied
    assert "<mtable" in page
    assert "<math><mrow>" in page  # the $…$ within the slide's sentence
    assert made.failed_formulas == []
    assert "$" not in pages["es/approximation/one.html"].text.replace("\\$", "")


def test_a_formula_that_cannot_be_converted_is_shown_and_reported(record):
    broken = record("one", "approximation", "supported")
    broken = replace(broken, claim={**broken.claim, "formula": r"\frac{1}{"})
    made = site.render([broken])
    assert made.failed_formulas == [r"\frac{1}{"]
    assert r'<code class="latex">\frac{1}{</code>' in made.files["en/approximation/one.html"]


def test_texts_are_escaped(made):
    page = made.files["en/approximation/one.html"]
    assert "Dropout &lt;b&gt;" in page
    assert "Error against p &amp; n" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_official_data_raise_no_alarm(made, language):
    for path, content in made.files.items():
        if path.endswith(".html"):
            assert WARNING[language] not in content, path
            assert 'role="alert"' not in content, path


def test_stand_in_data_are_announced_on_every_page(catalogue):
    files = site.render(on_stand_in(catalogue)).files
    for path, content in files.items():
        if path.endswith(".html"):
            language = "es" if path.startswith("es/") or ".es." in path else "en"
            assert WARNING[language] in content, path
            assert 'role="alert"' in content, path
    assert "NO son resultados sobre MNIST" in files["es/approximation/one.html"]
    assert "NOT results on MIT-BIH" in files["en/optimisation/four.html"]
    assert "NOT results on MNIST" not in files["en/optimisation/four.html"]
    assert "This page does not use those data" in files["en/approximation/two.html"]


def test_one_stand_in_among_official_data_is_enough(catalogue):
    mixed = [*catalogue[:3], *on_stand_in(catalogue[3:])]
    for path, content in site.render(mixed).files.items():
        if path.endswith(".html"):
            assert 'role="alert"' in content, path


def test_a_source_nobody_knows_raises_the_alarm_too(record):
    files = site.render([record("one", "signals", "supported", data_sources={"x": "?"})]).files
    assert WARNING["en"] in files["index.html"]


def test_a_rehearsal_is_called_one(catalogue, made):
    smoke = [replace(record, profile="smoke") for record in catalogue]
    assert "A rehearsal, not evidence" in site.render(smoke).files["en/approximation/one.html"]
    assert "A rehearsal, not evidence" not in made.files["en/approximation/one.html"]


def test_post_hoc_is_marked_on_the_page_and_in_the_table(made, pages):
    marked = pages["es/optimisation/three.html"].text
    assert "Post hoc: lo registrado cambió después de la corrida" in marked
    assert "el criterio, el control o la corrección" in marked
    assert "unheard-of" in marked
    assert "Registrado antes de mirar el resultado: 2026-11-28, commit 0123456" not in marked
    clean = pages["es/approximation/one.html"].text
    assert "post hoc" not in clean.lower()
    assert "Registrado antes de mirar el resultado: 2026-11-28, commit 0123456" in clean
    assert made.files["index.html"].count('class="mark post-hoc"') == 1


def test_the_index_has_the_verdicts_by_chapter(made, pages):
    page = pages["index.html"]
    rows = re.findall(r'class="entry (\w+)"', made.files["index.html"])
    assert rows == ["supported", "corrected", "refuted", "inconclusive"]
    assert page.ids.index("approximation") < page.ids.index("optimisation")
    assert "Title of three" in page.text
    # the check that decided: of `three` the one that failed, not the first
    assert "−0.40 [−0.50, −0.30]" in page.text
    assert "0.40 [0.30, 0.50]" not in page.text.replace("−0.40", "").replace("−0.30", "")


def test_verdicts_are_words_and_icons_not_colour_alone(made):
    badges = re.findall(r'<span class="badge \w+">(.*?)</span>', made.files["index.html"], re.S)
    assert badges
    for badge in badges:
        assert re.fullmatch("supported|corrected|refuted|inconclusive", badge.strip())
    sheet = made.files["static/report.css"]
    assert ".badge::before" in sheet
    shapes = re.findall(r"--shape: url\('(.*?)'\)", sheet)
    assert len(set(shapes)) == len(shapes) == 4


PLOT = Plot(
    (
        Shown(
            "error", "width $n$", "error (%)",
            (
                Series(
                    "test, $n_t$",
                    (1.0, 2.0, 3.0), (9.25, 5.0, 2.5), (9.0, 4.0, 2.0), (9.5, 6.0, 3.0),
                ),
            ),
        ),
    )
)  # fmt: skip


def test_a_figure_is_drawn_twice_told_in_words_and_laid_out_as_a_table(catalogue):
    key = ("approximation/one", "sweep")
    wide, narrow = (f"figures/approximation/one/sweep.es.{end}" for end in ("svg", "narrow.svg"))
    files = site.render(
        catalogue, {wide: (900, 300), narrow: (360, 800)},
        beside=Beside({(*key, language): PLOT for language in LANGUAGES}),
    ).files  # fmt: skip
    page = Page(files["es/approximation/one.html"])
    (image,) = page.attributes("img")
    (source,) = page.attributes("source")
    assert (image["src"], source["srcset"]) == (f"../../{wide}", f"../../{narrow}")
    assert (image["width"], image["height"], source["width"]) == ("900", "300", "360")
    assert "baja de 9,25 (en 1) a 2,5 (en 3)" in image["alt"]
    assert "$" not in image["alt"]
    assert "n sub t" in image["alt"]
    assert "../../figures/approximation/one/sweep.csv" in page.references
    assert "[9,00; 9,50]" in page.text
    regions = [each for each in page.attributes("div") if each.get("class") == "scroll"]
    assert all(each["tabindex"] == "0" and each["aria-label"] for each in regions)


def test_without_its_data_a_figure_is_told_by_its_caption(pages):
    (image,) = pages["es/approximation/one.html"].attributes("img")
    assert image["alt"] == "Error según p & n"


def test_undecided_checks_are_shown_as_such(pages):
    page = pages["en/optimisation/four.html"]
    assert page.text.count("no estimate") >= 2
    assert "[−0.30, ∞]" in page.text
    assert "stays open" in page.text or "open" in page.text


def test_each_sentence_stands_with_its_ruling_and_reason(made):
    page = Page(made.files["en/approximation/two.html"])
    assert "sentence L1.s2.3 of the slides" in page.text
    assert "How we measure it: We count errors." in page.text
    assert "Corrected version" in page.text
    reason = re.search(r'<p class="reason">(.*?)</p>', made.files["es/approximation/one.html"])
    assert reason[1] == "Se sostiene: hay ganancia."
    told = Page(made.files["index.html"]).text
    assert "Sentence by sentence, 4 rulings" in told
    assert "in more than one claim): 1 supported" in told


def test_a_record_with_gaps_still_has_a_page(record):
    bare = record(
        "one", "signals", "inconclusive", findings=(), figures=(), p_value=None, p_adjusted=None,
        seeds=(), n_runs=None, n_replicas=None, keys=(), data_sources={}, device=None,
        seconds=None, commit=None, versions={}, command="",
    )  # fmt: skip
    claim = {key: bare.claim[key] for key in ("id", "chapter", "title", "statement")}
    files = site.render([replace(bare, claim=claim)]).files
    page = Page(files["es/signals/one.html"])
    assert "no registrado" in page.text
    assert "deepclaims measure claim=signals/one" in page.text
    Page(files["index.html"])


def test_two_renderings_have_the_same_bytes(catalogue, made):
    assert site.render(list(catalogue)).files == made.files


def test_a_rerun_elsewhere_changes_nothing_but_the_provenance(catalogue):
    elsewhere = [
        replace(
            each, device="cuda", seconds=1.0, commit="fedcba", keys=("99aa",),
            mlflow=MlflowRuns("other", {"99aa": "run"}), versions={"torch": "9.9"},
        )
        for each in catalogue
    ]  # fmt: skip
    first, second = site.render(catalogue).files, site.render(elsewhere).files
    changed = {path for path in first if first[path] != second[path]}
    assert changed == {"provenance.json", "en/machine.html", "es/machine.html"}


def test_a_claims_page_has_the_diagnosis_of_its_cells_folded_away(record):
    source = {"es": "De ahí.", "en": "From there."}
    cells = tuple(
        DiagnosedCell("net", "", {"lr": 0.1}, 5, split, kind, source, Diagnosis(0.1, 0.4, bayes))
        for split, kind, bayes in (("validation", "best", 0.02), ("test", "none", 0.0))
    )
    with_cells = record("one", "approximation", "supported", diagnoses=cells)
    made = site.render([with_cells, record("two", "approximation", "supported")]).files
    page = Page(made["es/approximation/one.html"])
    assert page.attributes("details")[-1] == {"class": "diagnosis"}
    for said in ("≤ 2", "≥ 8", "≤ 10", "(test)", "varianza", "lectura nuestra", "De ahí."):
        assert said in page.text
    assert "From there." in Page(made["en/approximation/one.html"]).text
    assert 'class="diagnosis"' not in made["es/approximation/two.html"]


SHORT = {
    "es": "El efecto hallado cumple con la cota, pero es menor que el efecto para el que se "
    "calculó la potencia.",
    "en": "The effect found meets the bound but is smaller than the one for which power was "
    "computed.",
}


def weighed(found, relevant):
    """A finding with a power."""
    return replace(found, operating=Operating(relevant, 0.9, 0.001, 0.001, 1, 10))


@pytest.mark.parametrize(
    ("relation", "bound", "value", "relevant", "short"),
    [
        ("above", 0.0, 0.274, 0.3, True),
        ("above", 0.0, 0.3, 0.3, False),
        ("above", 0.0, 0.4, 0.3, False),
        ("below", 1.0, 0.85, 0.8, True),
        ("below", 1.0, 0.7, 0.8, False),
        ("within", (-1.0, 1.0), 0.1, 0.0, False),
        ("outside", (-1.0, 1.0), 1.5, 2.0, False),
        ("above", 0.5, 0.274, 0.8, False),
        ("above", 0.25, 0.274, 0.8, False),
    ],
)
def test_what_holds_by_less_than_what_matters_is_told(
    record, relation, bound, value, relevant, short
):
    """Not of what fails, or is open."""
    estimate = Estimate(value, value - 0.05, value + 0.05, 5, "t")
    outcome = estimate.satisfies(relation, bound)
    found = Finding("gain", "claim", relation, bound, SHORT, estimate, outcome, 0.01)
    one = record("one", "approximation", "supported", findings=(weighed(found, relevant),))
    made = site.render([one]).files
    for language in LANGUAGES:
        page = made[f"{language}/approximation/one.html"]
        (power,) = re.findall(r'<span class="power">(.*?)</span>', page)
        assert (SHORT[language] in power) is short


def test_relevant_effects_from_after_a_look_are_called_so(record):
    first, second = record("one", "approximation", "supported").findings
    findings = (weighed(first, 0.01), second)
    told = "were set when results of this claim were known"
    for changes, after in (
        ({}, False),
        ({"relevant_after_look": True}, True),
        ({"predates_ledger": True}, True),
    ):
        one = record("one", "approximation", "supported", findings=findings, **changes)
        page = Page(site.render([one]).files["en/approximation/one.html"])
        assert (told in page.text) is after


@pytest.mark.parametrize(
    ("commit", "command"),
    [
        ("0123456789ab", "git show 012345678:conf/claim/approximation/one.yaml"),
        ("0123456789ab+", "git log --reverse --oneline 012345678..HEAD -- conf/claim/"),
    ],
)
def test_what_was_registered_before_its_commit_is_sought_behind_it(record, commit, command):
    registered = {"when": "2026-12-01", "commit": commit}
    one = record("one", "approximation", "supported", registered=registered)
    assert command in Page(site.render([one]).files["en/approximation/one.html"]).text


def test_pilots_that_saw_the_test_split_are_told_of(record):
    told = "Some pilots, run before the test split was locked, saw it"
    for seen in (False, True):
        one = record(
            "one", "approximation", "supported", data_sources={"mnist": "official"}, test_seen=seen
        )
        page = Page(site.render([one]).files["en/approximation/one.html"])
        assert (told in page.text) is seen
