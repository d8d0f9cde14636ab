"""Front page, walk, projector and corrections over a made-up deck."""

import re
from dataclasses import replace

import pytest

from deepclaims.report import site


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture(scope="module")
def files(catalogue, lectures):
    return site.render(catalogue, lectures=lectures).files


def test_the_map_has_every_slide_with_a_mark_for_each_ruling_on_it(files):
    html = files["index.html"]
    squares = re.findall(r'<a href="en/lectures/L1.html#(L1\.s\d)">(.*?)</a>', html, re.S)
    marks = {slide: re.findall(r'class="pip (\w+)"', inside) for slide, inside in squares}
    assert marks == {
        "L1.s1": [],
        "L1.s2": [
            "supported", "corrected", "refuted", "inconclusive", "untested", "untested"
        ],
        "L1.s3": [],
    }  # fmt: skip
    said = text(dict(squares)["L1.s2"])
    assert "Cosas: 1 supported, 1 corrected, 1 refuted, 1 inconclusive, 2 untested" in said
    assert "L1 · Parte 1" in text(html)


def test_statements_and_studies_stand_apart(catalogue, lectures):
    asked = replace(catalogue[0].sentences[0], id="study")
    study = replace(catalogue[0], sentences=(asked,))
    html = site.render([study, *catalogue[1:]], lectures=lectures).files["index.html"]
    before, after = html.split('id="studies"')
    assert 'data-deck="study"' not in before
    assert after.count('data-deck="study"') == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_walk_has_every_item_with_its_fate(files, language):
    page = files[f"{language}/lectures/L1.html"]
    items = dict(re.findall(r'<li id="(L1[\w.]+)"(.*?)(?=<li id|</ul>)', page, re.S))
    assert len(items) == 7
    assert items["L1.s2.3"].count('class="badge') == 4
    assert "Title of two" in items["L1.s2.3"] or "Título de two" in items["L1.s2.3"]
    fates = {
        "L1.s1.1": ("A heading.", "Un encabezado."),
        "L1.s2.4": ("No ruling yet.", "Todavía sin veredicto."),
        "L1.s2.5": ("It says nothing of the kind.", "No dice nada de eso."),
        "L1.s2.6": ("Bears upon Title of one", "Tiene que ver con Título de one"),
        "L1.s2.7": ("1 or 2?", "¿1 o 2?"),
        "L1.s3.1": ("A citation.", "Una cita."),
    }
    for item, said in fates.items():
        assert said[language == "es"] in text(items[item])


def test_the_projector_has_a_screen_for_each_claim(files):
    page = files["es/projector/L1.html"]
    assert re.findall(r'<section class="screen (\w+)" id="(\w+)"', page) == [
        ("supported", "one"), ("corrected", "two"), ("refuted", "three"), ("inconclusive", "four"),
    ]  # fmt: skip
    assert "figures/approximation/one/sweep.es.svg" in page


def test_corrections_say_what_it_should_say_and_why(files):
    page = text(files["en/corrections.html"])
    assert "L1.s2.3 The slide says two if" in page
    assert "Corrected version" in page
    assert "printed is true (1.210 [1.150, 1.270])" in page
    assert "The check of the correction holds." in page
    refuted = page.split("Refuted, with no tested correction")[1]
    assert "second is true (−0.40" in refuted
    assert "first is true" not in refuted


def test_a_project_on_nobodys_lectures_has_neither_map_nor_walk(catalogue):
    files = site.render(catalogue).files
    assert "en/lectures/L1.html" not in files
    assert 'id="map"' not in files["index.html"]
    assert files["index.html"].count('class="entry ') == len(catalogue)
