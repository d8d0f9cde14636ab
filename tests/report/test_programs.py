"""What programs read of a report, against the written rules of each format."""

import json
from dataclasses import replace

import jsonschema
import pytest

from deepclaims.report import programs, summary
from deepclaims.report.programs.bibliography import Work, bibtex, cited

CITATION = """
cff-version: 1.2.0
title: "a thing: what it does"
message: "Cite it."
authors: [{name: "its makers"}]
version: 0.1.0
date-released: 2026-11-21
license: MIT
keywords: [one, two]
"""
TEXTS = {"CITATION.cff": CITATION, "dvc.yaml": "stages: {}\n"}
TABLES = {"approximation/one": ["tables/approximation/one/about.json"]}


@pytest.fixture(scope="module")
def made(catalogue):
    return programs.files(catalogue, TEXTS, TABLES)


@pytest.fixture(scope="module")
def schema(made):
    return jsonschema.Draft202012Validator(json.loads(made["claims.schema.json"]))


def test_the_schema_is_one_and_fits_what_is_published(checkout, catalogue, schema):
    schema.check_schema(schema.schema)
    schema.validate(summary.claims(catalogue))
    schema.validate(json.loads((checkout / "reports/claims.json").read_text()))


@pytest.mark.parametrize(
    ("key", "value"),
    [("verdict", "true"), ("weather", "fine"), ("attempt", 0), ("p_value", 2.0)],
)
def test_the_schema_refuses_what_is_no_result(catalogue, schema, key, value):
    claims = summary.claims(catalogue)
    claims["one"][key] = value
    assert not schema.is_valid(claims)


def test_a_claim_that_lacks_a_key_is_refused(catalogue, schema):
    claims = summary.claims(catalogue)
    del claims["one"]["checks"]
    assert not schema.is_valid(claims)


@pytest.mark.parametrize(
    ("citation", "key", "fields"),
    [
        (
            "LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document "
            "recognition, Proc. IEEE 86(11)",
            "lecun1998gradient",
            ["author = {LeCun and Bottou and Bengio and Haffner}", "{Proc. IEEE 86(11)}"],
        ),
        (
            "de Chazal, O'Dwyer & Reilly 2004, Automatic classification of heartbeats using ECG "
            "morphology and heartbeat interval features, IEEE Trans. Biomed. Eng. 51(7)",
            "chazal2004automatic",
            ["interval features}}", "howpublished = {IEEE Trans. Biomed. Eng. 51(7)}"],
        ),
        (
            "Srivastava et al. 2014, Dropout: A simple way to prevent neural networks from "
            "overfitting, JMLR 15",
            "srivastava2014dropout",
            ["author = {Srivastava and others}", "howpublished = {JMLR 15}"],
        ),
        (
            "Bai, Kolter & Koltun 2018, An empirical evaluation of generic networks for sequence "
            "modeling, arXiv:1803.01271",
            "bai2018empirical",
            ["eprint = {1803.01271}", "eprinttype = {arxiv}"],
        ),
        (
            "Liu & Li 2020, Bad minima, good minima and SGD",
            "liu2020minima",
            ["title = {{Bad minima, good minima and SGD}}"],
        ),
    ],
)
def test_a_citation_becomes_an_entry(citation, key, fields):
    work = Work.read(citation)
    assert work.key == key
    assert work.bibtex.startswith(f"@misc{{{key},\n")
    for field in fields:
        assert field in work.bibtex


def test_every_citation_of_the_catalogue_has_an_entry(checkout, record):
    import yaml

    files = sorted((checkout / "conf/claim").glob("*/*-*.yaml"))
    sources = [yaml.safe_load(file.read_text()).get("source") or {} for file in files]
    citations = {each for source in sources for each in source.get("cites") or ()}
    undated = {each for each in citations if Work.read(each) is None}
    assert undated == {"Goodfellow, Bengio and Courville: Deep Learning, chapter 8"}
    one = record("one", "approximation", "supported")
    known = replace(one, claim={**one.claim, "source": {"cites": sorted(citations - undated)}})
    works = cited([known])
    assert bibtex([known]).count("@misc{") == len(works) > 60
    assert all(work.title and work.authors for work in works.values())


def test_the_softwares_metadata_come_from_its_citation(made):
    meta = json.loads(made["codemeta.json"])
    assert made["CITATION.cff"] == CITATION
    assert meta["name"] == "a thing"
    assert meta["license"] == "https://spdx.org/licenses/MIT"
    assert meta["author"] == [{"type": "Organization", "name": "its makers"}]


def test_the_crate_keeps_what_its_profile_demands(made, catalogue):
    """The MUSTs of RO-Crate 1.1, Workflow RO-Crate 1.0 and Workflow Run Crate 0.5."""
    crate = json.loads(made["ro-crate-metadata.json"])
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {each["@id"]: each for each in crate["@graph"]}
    assert len(entities) == len(crate["@graph"])
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["about"] == {"@id": "./"}
    assert {"@id": "https://w3id.org/ro/crate/1.1"} in descriptor["conformsTo"]
    assert root["datePublished"] == "2026-11-28"  # the last registration
    assert all(root[key] for key in ("name", "description", "license"))
    profiles = {each["@id"] for each in root["conformsTo"]}
    assert "https://w3id.org/ro/wfrun/workflow/0.5" in profiles
    assert all(entities[each]["@type"] == "CreativeWork" for each in profiles)
    workflow = entities[root["mainEntity"]["@id"]]
    assert set(workflow["@type"]) == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert entities[workflow["programmingLanguage"]["@id"]]["@type"] == "ComputerLanguage"
    for parameter in workflow["input"] + workflow["output"]:
        assert entities[parameter["@id"]]["@type"] == "FormalParameter"
    runs = [each for each in crate["@graph"] if each["@type"] == "CreateAction"]
    assert len(runs) == len(catalogue)
    for run in runs:
        assert run["instrument"] == root["mainEntity"]
        assert {each["@id"] for each in run["object"] + run["result"]} <= set(entities)
    parts = {each["@id"] for each in root["hasPart"]}
    data = {each["@id"] for each in crate["@graph"] if "File" in each["@type"]}
    assert data <= parts <= set(entities)


def test_without_a_citation_there_is_no_crate(catalogue):
    assert set(programs.files(catalogue, {}, {})) == {"claims.schema.json", "references.bib"}
