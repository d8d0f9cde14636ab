"""Documents of the project as pages, and the reference made from its configuration."""

import re

import pytest

from deepclaims.report import site
from deepclaims.report.pages import documents, reference

CONFIG = """# θ ← θ − α g
# of the slide
defaults: [a: b]
name: sgd
lr: 0.1         # float > 0, α
fit:
  steps: null   # int > 0: minibatches;
                # null: as epochs say
  splits: [a, b]
"""
TEXTS = {
    "docs/tutorial.md": "# First steps\n\n## Set up\n\nSee [rules](rules.md#the-rules) and "
    "[code](../src/x.py).\n\n| a | b |\n|---|---|\n| 1 | <b>2</b> |\n",
    "docs/rules.md": "# Rules\n\n## The rules\n\n```sh\nls\n```\n",
    "docs/rules.es.md": "# Reglas\n\n## Las reglas\n\n[pasos](tutorial.md#set-up)\n",
    "conf/optimizer/sgd.yaml": CONFIG,
    "conf/claim/x/y.yaml": "title: no setting\n",
}


@pytest.fixture(scope="module")
def files(catalogue):
    return site.render(catalogue, texts=TEXTS).files


def test_a_document_is_a_page_and_its_links_lead_to_pages(files):
    page = files["en/docs/tutorial.html"]
    assert '<a href="rules.html#the-rules">rules</a>' in page
    assert 'id="the-rules"' in files["en/docs/rules.html"]
    assert "src/x.py" not in page
    assert "<td>1" in page
    assert "<b>" not in page
    assert "<title>First steps · deepclaims</title>" in page


def test_documents_stand_on_shelves_in_both_languages(files):
    for language, tutorial in (("es", "Para empezar"), ("en", "Tutorial")):
        page = files[f"{language}/docs/index.html"]
        assert re.search(rf"<h2>{tutorial}</h2>\s*<ul><li><a href=\"../../en/docs/tutorial", page)
        assert f"{language}/docs/rules.html" in page  # on no shelf of ours: a how-to


def test_what_is_in_spanish_too_is_a_page_of_the_spanish_edition(files):
    page = files["es/docs/rules.html"]
    assert "<title>Reglas · deepclaims</title>" in page
    assert '<a href="../../en/docs/tutorial.html#set-up">pasos</a>' in page
    assert "../../en/docs/rules.html" in page  # the other language
    assert "../../es/docs/rules.html" in files["en/docs/rules.html"]
    shelves = files["es/docs/index.html"]
    assert '<a href="../../es/docs/rules.html">Reglas</a>' in shelves
    assert "Rules" not in shelves
    assert "es/docs/tutorial.html" not in files


def test_every_document_of_the_project_is_shelved(checkout):
    written = {file.stem for file in (checkout / "docs").glob("*.md")}
    shelved = {name for names in documents.KINDS.values() for name in names}
    assert shelved <= written | {documents.CONFIGURATION}


def test_every_key_has_type_default_and_meaning():
    (group,) = reference.groups(TEXTS)
    assert (group.name, group.means) == ("optimizer=sgd", "θ ← θ − α g of the slide")
    assert [(s.key, s.type, s.default, s.means) for s in group.settings] == [
        ("name", "str", "sgd", ""),
        ("lr", "float", "0.1", "float > 0, α"),
        ("fit.steps", "null", "null", "int > 0: minibatches; null: as epochs say"),
        ("fit.splits", "list", "[a, b]", ""),
    ]


def test_every_key_of_the_project_is_in_the_reference(checkout):
    import yaml

    path = "conf/train.yaml"
    text = (checkout / path).read_text()
    (group,) = reference.groups({path: text})
    keys = {each.key for each in group.settings}
    assert {f"fit.{key}" for key in yaml.safe_load(text)["fit"]} <= keys
    assert all(each.means for each in group.settings)
