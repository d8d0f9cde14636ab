import pytest

from deepclaims.report.beside import NOTHING
from deepclaims.report.formulas import Formulas
from deepclaims.report.kept import NONE, Pages
from deepclaims.report.site import _Writer


@pytest.fixture
def asked(tmp_path):
    """Asks for the page of a claim and its neighbour; whether it was made, and the page."""
    reports, told = tmp_path / "reports", tmp_path / "told.json"
    reports.mkdir()

    def ask(code="c", common="d", **stamps) -> bool:
        pages = Pages(reports, told, {"mine": "m", "next": "n"} | stamps, code)
        made = []
        page = pages.page("a.html", ("mine", "next"), common, lambda: made.append(1) or "page")
        (reports / "a.html").write_text(page)
        pages.write()
        return bool(made)

    return ask


@pytest.mark.parametrize(
    "change", [{"code": "C"}, {"common": "D"}, {"mine": "M"}, {"next": "N"}], ids=str
)
def test_a_page_is_made_again_when_anything_that_decides_it_changed(asked, change):
    assert asked()
    assert not asked()
    assert asked(**change)


def test_without_a_report_every_page_is_made():
    assert NONE.page("a.html", ("mine",), "d", lambda: "page") == "page"
    NONE.write()


def test_formulas_and_what_templates_show_decide_every_page(catalogue):
    def common(formulas=None, books=None):
        return _Writer(
            catalogue, Formulas(formulas or {}), "en", {}, books or {}, {}, NOTHING
        )._common()

    assert common() == common()
    assert common(formulas={("x", False): "<math/>"}) != common()
    assert common(books={"en": "report.pdf"}) != common()
