"""Every claim can be measured on the stand-ins: it asks for no more samples than they have."""

import itertools

import pytest

from deepclaims.claims import claim as claims
from deepclaims.data.prepared import read_meta
from deepclaims.pipeline.planning import Planner
from deepclaims.sweep.cell import flat, within_stand_in
from deepclaims.sweep.store import RunStore


@pytest.mark.slow
def test_no_claim_asks_for_more_than_there_is(project_with_data):
    project = project_with_data
    counts = read_meta(project.prepared("mnist"), "mnist")["counts"]
    planner = Planner(project, RunStore(project.runs))
    asked = dict.fromkeys(("laptop", "full"), 0)
    for name, profile in itertools.product(claims.catalogue(project.conf), asked):
        claim = claims.load(project.conf, name, profile)
        for cell in (each.cell for each in planner.first([claim])):
            if "mnist" not in cell.data:
                continue
            for key, value in flat(cell.config).items():
                split = key.rpartition("n_")[2]
                if key.endswith(f"n_{split}") and split in counts and value is not None:
                    asked[profile] += 1
                    assert value <= counts[split], f"{name}, {cell.label}: {key}={value}"
    assert min(asked.values()) > 100


def test_official_data_are_asked_for_what_is_written(project_with_data, monkeypatch):
    config = {"data": {"name": "mnist", "n_train": 5000, "n_validation": 100, "n_test": None}}
    small = within_stand_in(config, project_with_data)["data"]
    assert (small["n_train"], small["n_validation"], small["n_test"]) == (3500, 100, None)
    meta = {"source": "official", "counts": {"train": 3500}}
    monkeypatch.setattr("deepclaims.sweep.cell.read_meta", lambda *_: meta)
    assert within_stand_in(config, project_with_data) == config
    generated = {"data": {"name": "function", "n": 5}}
    assert within_stand_in(generated, project_with_data) == generated
