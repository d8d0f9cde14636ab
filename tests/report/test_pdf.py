import pikepdf
import pypandoc
import pytest

from deepclaims.errors import ClaimError
from deepclaims.report import pdf, site, typesetting

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"></svg>'


def folder_of(records, folder):
    for record in records:
        for language in ("es", "en"):
            file = folder / site.figure_path(record.name, "sweep", language, "svg")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(SVG)
    return folder


def text_of(records, language, sizes=()):
    return pdf.source(records, language, dict(sizes), pdf.formulas(records))


def test_the_text_has_every_claim_with_its_formula_and_figure(catalogue):
    sizes = {"figures/approximation/one/sweep.es.svg": (614, 384)}
    text = text_of(catalogue, "es", sizes.items())
    for record in catalogue:
        assert f"Título de {record.id}" in text
        assert f'image("figures/{record.name}/sweep.es.svg"' in text
    assert 'one/sweep.es.svg", width: 70%' in text
    assert 'two/sweep.es.svg", width: 100%' in text
    assert "cases(" in text
    assert "post hoc" in text
    assert "−0,40" in text
    assert "#outline" in text


def test_stand_in_data_are_announced_on_every_page_of_it(record):
    real = record("one", "approximation", "supported")
    made_up = record("two", "approximation", "supported", data_sources={"ecg": "embedded"})
    assert "header: none" in text_of([real], "en")
    text = text_of([real, made_up], "en")
    assert 'header: [#text(fill: red, weight: "bold", "Warning: results computed' in text
    assert "They are NOT results on MIT-BIH" in text


def test_two_documents_are_made_with_the_same_bytes_each_time(catalogue, tmp_path):
    folder = folder_of(catalogue, tmp_path)
    pdf.write(catalogue, folder, {})
    first = {name: (folder / name).read_bytes() for name in pdf.BOOK.values()}
    assert all(content.startswith(b"%PDF") for content in first.values())
    pdf.write(catalogue, folder, {})
    assert first == {name: (folder / name).read_bytes() for name in pdf.BOOK.values()}
    assert not list(folder.glob("*.typ"))


def test_a_document_is_set_again_only_if_its_text_or_a_figure_changed(
    catalogue, tmp_path, monkeypatch
):
    old, new = folder_of(catalogue, tmp_path / "old"), folder_of(catalogue, tmp_path / "new")
    pdf.write(catalogue, old, {})
    refuse = pytest.MonkeyPatch()
    import typst

    def count(*args, **kwargs):
        raise typst.TypstError("is set")

    formulas = pdf.formulas(catalogue)
    monkeypatch.setattr(pdf, "formulas", lambda *_: formulas)
    refuse.setattr(typst, "compile", count)
    try:
        pdf.write(catalogue, new, {}, old)
        assert (new / "report.pdf").read_bytes() == (old / "report.pdf").read_bytes()
        figure = site.figure_path(catalogue[0].name, "sweep", "en", "svg")
        (new / figure).write_text(SVG.replace("72", "73"))
        with pytest.raises(ClaimError, match="is set"):
            pdf.write(catalogue, new, {}, old)
    finally:
        refuse.undo()


def test_what_typst_refuses_is_said(catalogue, tmp_path):
    with pytest.raises(ClaimError, match=r"report.*pdf cannot be set: .*pdf=false"):
        pdf.write(catalogue, tmp_path, {})  # there are no figures


def test_formulas_code_and_stress_are_set():
    made = typesetting.convert([r"si $\frac{1}{2}$ o `f(x)`"])
    assert made.text(r"si $\frac{1}{2}$ o `f(x)`, *no*") == (
        '#"si "$1 / 2$#" o "#raw("f(x)")#", "#emph("no")'
    )
    assert made.text('#set "x" \\') == '#"#set \\"x\\" \\\\"'


def test_what_pandoc_and_typst_name_otherwise_can_still_be_set():
    made = typesetting.convert([r"$a \odot b$"])
    assert made.failed == []


def test_a_formula_that_cannot_be_set_stands_as_latex(monkeypatch):
    good = pypandoc.convert_text

    def spoilt(*args, **kwargs):
        return good(*args, **kwargs).replace("alpha", "alpha.of.the.wrong.kind")

    monkeypatch.setattr(pypandoc, "convert_text", spoilt)
    made = typesetting.convert([r"$\alpha$, $\beta$, $\gamma$"])
    assert made.failed == [r"\alpha"]
    assert made.text(r"$\alpha$") == r'#raw("\\alpha")'
    assert made.text(r"$\beta$") == "$beta$"


def test_texts_of_figures_are_text_of_the_document(catalogue, tmp_path):
    written = SVG.replace("></svg>", ' font-family="DejaVu Sans"><text y="9">ñ</text></svg>')
    fonts = []
    for svg in (SVG, written):
        folder = folder_of(catalogue, tmp_path)
        for file in folder.rglob("*.svg"):
            file.write_text(svg)
        pdf.write(catalogue, folder, {})
        with pikepdf.open(folder / "report.pdf") as made:
            fonts.append([each for each in made.objects if _font(each).endswith("+DejaVuSans")])
    assert not fonts[0]
    assert fonts[1]


def test_the_objects_of_a_document_are_packed_and_found(catalogue, tmp_path):
    folder = folder_of(catalogue, tmp_path)
    pdf.write(catalogue, folder, {})
    written = (folder / "report.pdf").read_bytes()
    with pikepdf.open(folder / "report.pdf") as made:
        assert "/StructTreeRoot" in made.Root  # the tags are there still
        assert written.count(b" 0 obj") < len(made.objects) / 2
    pdf.write(catalogue, folder, {})
    assert (folder / "report.pdf").read_bytes() == written


def _font(found):
    """The name of a font; nothing of any other object."""
    if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/Font":
        return str(found.BaseFont)
    return ""


def test_numbers_of_a_page_are_as_long_as_they_are_seen_and_letters_stay():
    drawn = (
        b"q 0.034858923 0 0 -0.00000000000000000048788426 217.88058 688.89435 cm 0.5 w 7 w\n"
        rb"[(\0000.123456\) 1.23456)-10.0000305(\\)-6.9999695]TJ"
    )
    assert pdf.brief(drawn) == (
        b"q 0.034859 0 0 0 217.88 688.89 cm 0.5 w 7 w\n"
        rb"[(\0000.123456\) 1.23456)-10(\\)-7]TJ"
    )
