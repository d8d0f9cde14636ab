"""Every claim can be measured on the stand-ins: it asks for no more samples than they have."""

import itertools

import pytest

from deepclaims.claims import claim as claims
from deepclaims.data import registry
from deepclaims.data.prepared import read_meta
from deepclaims.pipeline.planning import Planner
from deepclaims.sweep.cell import flat
from deepclaims.sweep.stand_in import within_stand_in
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


class DataAreThereError(Exception):
    """What would be done with them is of no concern here."""


class LoadersAlone:
    """Loaders after which nothing goes on."""

    def __init__(self, real):
        self.real = real

    def named(self, config):
        loader = self.real.named(config)

        def load(*arguments):
            loader(*arguments)
            raise DataAreThereError

        return load


@pytest.mark.slow
def test_every_part_that_loads_data_gets_them_from_the_stand_ins(project_with_data, monkeypatch):
    """Also where a task counts its samples by a name of its own."""
    planner = Planner(project_with_data, RunStore(project_with_data.runs))
    every = [claims.load(project_with_data.conf, name, "laptop")
             for name in claims.catalogue(project_with_data.conf)]  # fmt: skip
    cells = [each.cell for each in planner.first(every) if each.cell.data]
    of_parts = {(cell.claim, cell.part, cell.arm): cell for cell in cells}
    monkeypatch.setattr(registry, "LOADERS", LoadersAlone(registry.LOADERS))
    loaded = 0
    for cell in of_parts.values():
        try:
            cell.resolve_task()(cell.arguments, 0)
        except DataAreThereError:
            loaded += 1
    assert loaded > 100


def test_a_task_is_given_what_there_is_by_other_names_too(project_with_data):
    segments = {"name": "ecg_segments", "seconds": 3.0, "rate": 40, "balanced": True}
    few = within_stand_in({"n_train": 10_000, "training": {"data": segments}}, project_with_data)
    there = registry.load(segments, 0, project_with_data.prepared("ecg")).train
    assert few["n_train"] == len(there)
    images = {"max": 2900, "stride": 4700}
    of_nets = {"images": images, "training": {"data": {"name": "mnist", "n_test": 3000}}}
    found = within_stand_in(of_nets, project_with_data)
    assert found["images"] == {"max": 2900, "stride": 3500}
    assert found["training"]["data"]["n_test"] == 1000
    beside = {"n_train": 10_000, "data": {"name": "mnist"}}
    assert within_stand_in(beside, project_with_data)["n_train"] == 3500


def test_official_data_are_asked_for_what_is_written(project_with_data, monkeypatch):
    config = {"data": {"name": "mnist", "n_train": 5000, "n_validation": 100, "n_test": None}}
    small = within_stand_in(config, project_with_data)["data"]
    assert (small["n_train"], small["n_validation"], small["n_test"]) == (3500, 100, None)
    meta = {"source": "official", "counts": {"train": 3500}}
    monkeypatch.setattr("deepclaims.sweep.stand_in.read_meta", lambda *_: meta)
    assert within_stand_in(config, project_with_data) == config
    generated = {"data": {"name": "function", "n": 5}}
    assert within_stand_in(generated, project_with_data) == generated
