import sys
from dataclasses import replace

import pytest

from deepclaims.errors import ClaimError, ConfigError
from deepclaims.report import pdf, site

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"></svg>'


def folder_of(records, folder):
    for record in records:
        for language in ("es", "en"):
            file = folder / site.figure_path(record.name, "sweep", language, "svg")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(SVG)
    return folder


def test_the_text_has_every_claim_with_its_formula_and_figure(catalogue):
    text = pdf.source(catalogue, "es", {"figures/approximation/one/sweep.es.svg": (614, 384)})
    for record in catalogue:
        assert f"Título de {record.id}" in text
        assert f'image("figures/{record.name}/sweep.es.svg"' in text
    assert 'one/sweep.es.svg", width: 70.0%' in text
    assert 'two/sweep.es.svg", width: 100.0%' in text
    assert "cases(" in text
    assert "post hoc" in text
    assert "−0,40" in text


def test_stand_in_data_are_announced_on_every_page_of_it(catalogue):
    header = 'header: [#text(fill: red, weight: "bold", "Warning: results computed on stand-in'
    assert header not in pdf.source(catalogue, "en", {})
    fake = [replace(catalogue[0], data_sources={"mnist": "embedded"}, profile="smoke")]
    text = pdf.source(fake, "en", {})
    assert header in text
    assert "NOT results on MNIST" in text
    assert "A rehearsal, not evidence" in text


def test_two_documents_are_made_with_the_same_bytes_each_time(catalogue, tmp_path):
    pytest.importorskip("typst", reason="needs the docs extra: pip install 'deepclaims[docs]'")
    folder = folder_of(catalogue, tmp_path)
    made = []
    for _ in range(2):
        pdf.write(catalogue, folder, {})
        made.append([(folder / name).read_bytes() for name in pdf.BOOK.values()])
    assert made[0] == made[1]
    assert all(each.startswith(b"%PDF") for each in made[0])
    assert not list(folder.glob("*.typ"))


def test_what_typst_refuses_is_said(catalogue, tmp_path):
    pytest.importorskip("typst", reason="needs the docs extra: pip install 'deepclaims[docs]'")
    with pytest.raises(ClaimError, match=r"report\.pdf cannot be set \(.*not found.*sweep"):
        pdf.write(catalogue, tmp_path, {})  # without its figures


def test_without_typst_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setattr(pdf, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'deepclaims\[docs\]'"):
        pdf.check()
