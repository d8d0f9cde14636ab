import json

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


def test_a_text_is_converted_again_when_it_or_its_converter_changed(tmp_path):
    def converted(source: str, made_by: str) -> bool:
        pages = Pages(tmp_path, tmp_path / "told.json", {}, "c")
        made = []
        assert pages.text(source, made_by, lambda: made.append(1) or "<math/>") == "<math/>"
        pages.write()
        return bool(made)

    assert converted("$x$", "pandoc 3")
    assert not converted("$x$", "pandoc 3")
    assert converted("$x$", "pandoc 4")
    assert converted("$y$", "pandoc 4")


@pytest.mark.parametrize("told", ["", "[]", '{"pages": [], "texts": 1}', '{"texts": {"a": 1}}'])
def test_a_damaged_file_of_what_was_published_is_done_without(tmp_path, told):
    (tmp_path / "told.json").write_text(told)
    pages = Pages(tmp_path, tmp_path / "told.json", {"mine": "m"}, "c")
    assert pages.text("$x$", "pandoc 3", lambda: "<math/>") == "<math/>"
    assert pages.page("a.html", ("mine",), "d", lambda: "page") == "page"


@pytest.mark.parametrize("damaged", [1, None, "<math/>", [], ["<math/>"], ["<mi>Q</mi>", "a" * 64]])
def test_a_damaged_text_is_converted_again(tmp_path, damaged):
    file = tmp_path / "told.json"
    first = Pages(tmp_path, file, {}, "c")
    first.text("$x$", "pandoc 3", lambda: "<math/>")
    first.write()
    told = json.loads(file.read_text())
    told["texts"] = dict.fromkeys(told["texts"], damaged)
    file.write_text(json.dumps(told))
    assert Pages(tmp_path, file, {}, "c").text("$x$", "pandoc 3", lambda: "new") == "new"


def test_without_a_report_every_text_is_converted():
    assert NONE.text("$x$", "pandoc 3", lambda: "a") == "a"
    assert NONE.text("$x$", "pandoc 3", lambda: "b") == "b"
