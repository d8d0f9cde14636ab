"""Every page in headless Chromium: what it asks for, says, and can be done with a keyboard."""

import re
import shutil

import pytest

from deepclaims.evidence.diagnosis import DiagnosedCell, Diagnosis
from deepclaims.languages import LANGUAGES
from deepclaims.report import site

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the test extra")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="of the test extra")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's package chromium"),
]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="600pt" height="300pt"></svg>'
TEXTS = {
    "docs/tutorial.md": "# First\n\n## Go\n\n```sh\nls\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "conf/optimizer/sgd.yaml": "# θ ← θ − α g\nlr: 0.1  # float > 0\n",
    "CITATION.cff": "{title: a, authors: [{name: b}], version: 1, date-released: 2026-01-01, license: MIT}",  # noqa: E501
    "dvc.yaml": "stages: {}\n",
}
LOOK = {"resultTypes": ["violations"], "preload": False}
"""Without preloading, which a page of a folder may not do."""
POINTS = {"momentum-lowers-ball": [{"x": 1.0, "y": 0.5, "at": 0.9}]}


@pytest.fixture(scope="module")
def folder(catalogue, lectures, record, tmp_path_factory):
    """A report on disk, with a page of every kind."""
    source = {"es": "De ahí.", "en": "From there."}
    cells = tuple(
        DiagnosedCell("net", "", {"lr": lr}, 5, "validation", "best", source, errors)
        for lr, errors in ((0.1, Diagnosis(0.1, 0.4, 0.02)), (0.2, Diagnosis(0.3, 0.2, 0.02)))
    )
    trained = record("five", "optimisation", "supported", diagnoses=cells)
    records = [*catalogue, trained]
    root = tmp_path_factory.mktemp("report")
    made = site.render(records, lectures=lectures, texts=TEXTS, points=POINTS)
    figures = {
        site.figure_path(each.name, "sweep", language, ending): SVG
        for each in records
        for language in LANGUAGES
        for ending in ("svg", "png")
    }
    for path, text in {**made.files, **figures}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def pages(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


@pytest.fixture
def tab(browser, folder):
    """Opens a page of the report; what went wrong on the way is in `tab.wrong`."""
    contexts = []

    def opened(path, width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda said: page.wrong.append(said.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("request", lambda asked: _outside(asked.url, folder, page.wrong))
        page.goto(f"file://{folder / path.partition('#')[0]}" + "#".join(path.partition("#")[1:2]))
        return page

    yield opened
    for context in contexts:
        context.close()


def _outside(url, folder, wrong):
    if not url.startswith((f"file://{folder}", "data:")):
        wrong.append(f"asks for {url}")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_errs_asks_outside_scrolls_sideways_or_shuts_anyone_out(tab, folder, width, scheme):
    scan = axe.Axe()
    page = tab("index.html", width, color_scheme=scheme)
    for path in pages(folder):
        page.goto(f"file://{folder / path}")
        assert page.wrong == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide"
        found = scan.run(page, options=LOOK).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == [], path


def test_no_page_of_the_published_report_scrolls_sideways_on_a_phone(tab, checkout):
    """Its titles and words are longer than those of the pages above."""
    page = tab("index.html", 390)
    reports = checkout / "reports"
    wide = {}
    for path in pages(reports):
        page.goto(f"file://{reports / path}", wait_until="domcontentloaded")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert len(wide) > 150
    assert {path: width for path, width in wide.items() if width > 390} == {}


def test_a_figure_for_the_projector_has_no_ground_of_its_own_on_a_dark_page(tab):
    page = tab("en/projector/L1.html", color_scheme="dark")
    image = "document.querySelector('.screen img')"
    ground = page.evaluate(f"getComputedStyle({image}).backgroundColor")
    assert ground == "rgba(0, 0, 0, 0)"


def test_every_link_and_anchor_resolves(folder):
    ids = {
        path: set(re.findall(r' id="([^"]+)"', (folder / path).read_text()))
        for path in pages(folder)
    }
    for path in ids:
        for target in re.findall(r'(?:href|src)="([^"]+)"', (folder / path).read_text()):
            if target.startswith("data:"):
                continue
            file, _, anchor = target.partition("#")
            landing = (folder / path).parent / file if file else folder / path
            assert landing.is_file(), f"{path}: {target}"
            if anchor:
                name = landing.resolve().relative_to(folder.resolve()).as_posix()
                assert anchor in ids[name], f"{path}: {target}"


def test_arrow_keys_page_through_the_walk_and_the_projector(tab):
    for path in ("en/lectures/L1.html", "es/projector/L1.html"):
        page = tab(path)
        names = page.eval_on_selector_all("[data-screens] > section", "all => all.map(x => x.id)")
        seen = []
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
            page.wait_for_timeout(50)
            seen.append(page.evaluate("document.activeElement.id"))
        start = names.index(seen[0])
        assert start < 2
        assert seen == [names[start], names[start + 1], names[start]]
        assert page.url.endswith(f"#{names[start]}")


def test_the_filters_find_claims_by_keyboard(tab):
    page = tab("index.html")
    shown = "all => all.filter(x => !x.hidden).length"
    assert page.eval_on_selector_all(".entry", shown) == 5
    page.focus('input[name="search"]')
    page.keyboard.type("title of THREE")
    assert page.eval_on_selector_all(".entry", shown) == 1
    assert page.inner_text(".found") == "1 claim"
    page.fill('input[name="search"]', "")
    page.select_option('select[name="chapter"]', "approximation")
    assert page.eval_on_selector_all(".entry", shown) == 2
    page.focus("#show-all")
    page.keyboard.press("ArrowRight")  # to the supported
    assert page.eval_on_selector_all(".entry", shown) == 1
    assert page.wrong == []


def test_without_scripts_every_claim_is_there_and_pictures_stand_still(tab):
    page = tab("index.html", java_script_enabled=False)
    assert page.locator(".entry").count() == 5
    assert not page.locator(".finder").is_visible()
    page.locator("label[for=show-refuted]").click()
    assert page.locator(".entry:visible").count() == 1
    still = tab("en/pictures.html", java_script_enabled=False)
    assert still.locator("figcaption:visible").count() == 8


def test_pictures_are_drawn_and_follow_their_sliders(tab):
    page = tab("en/pictures.html")
    page.wait_for_selector("figure.moves[data-picture=gates] svg")
    assert page.locator("figure.moves svg[role=img]").count() == 8
    path = "figure[data-picture=gates] svg path[aria-roledescription='line mark']"
    before = page.get_attribute(f"{path} >> nth=0", "d")
    page.focus("figure[data-picture=gates] input[type=range] >> nth=0")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(200)
    assert page.get_attribute(f"{path} >> nth=0", "d") != before
    assert page.wrong == []


def test_the_cells_sort_by_a_column(tab):
    page = tab("en/cells.html")
    column = "all => all.map(x => x.cells[3].dataset.value)"
    page.click("thead th:nth-child(4) button")
    assert page.eval_on_selector_all("tbody tr", column) == ["0.1", "0.3"]
    page.click("thead th:nth-child(4) button")
    assert page.eval_on_selector_all("tbody tr", column) == ["0.3", "0.1"]
    assert page.get_attribute("thead th:nth-child(4)", "aria-sort") == "descending"


def test_print_leaves_out_what_only_a_screen_can_use(tab):
    page = tab("en/corrections.html")
    page.emulate_media(media="print")
    assert not page.locator(".top").is_visible()
    assert page.locator("table.corrections").first.is_visible()
    assert page.pdf(format="A4")[:4] == b"%PDF"


def test_the_slides_words_scroll_by_keyboard_and_are_whole_in_print(tab, catalogue):
    page = tab(site.claim_path(catalogue[0].name, "en"), 390, 300)
    hidden = "(e => e.scrollHeight - e.clientHeight)(document.querySelector('.sayings'))"
    assert page.evaluate(hidden) > 1
    page.locator(".sayings").focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('.sayings').scrollTop > 0")
    page.emulate_media(media="print")
    assert page.evaluate(hidden) <= 1
