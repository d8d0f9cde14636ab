"""Every task of the catalogue that reads MNIST reads what stands in its place, and only that."""

import json

import pytest

from deepclaims.claims.claim import catalogue, load
from deepclaims.sweep.cell import cell_of

LEAST = {"steps": 30, "replicas": 4, "epochs": 1, "batch": 20, "n_train": 2000}
"""Parameters that say how much is computed, and how little will do."""


def parts(checkout, wanted):
    for name in catalogue(checkout / "conf"):
        claim = load(checkout / "conf", name, "smoke")
        for part in claim.parts:
            if wanted(part):
                yield claim, part


def cells(project, claim, part, composer):
    """The first cell of a part, on its own data and on Fashion-MNIST."""
    stacked = part.tune is not None and part.tune.stacked
    arm, axes = next(iter(part.untuned() if stacked else part.points()))
    variants = part.tune.combinations(part.grid)[:1] if stacked else ()
    return [
        cell_of(claim, part, arm or "", dict(axes), composer, project, variants=variants,
                dataset=dataset)
        for dataset in ("", "fashion_mnist")
    ]  # fmt: skip


def shrunk(value, key=""):
    if isinstance(value, dict):
        return {name: shrunk(inner, name) for name, inner in value.items()}
    if isinstance(value, int) and not isinstance(value, bool) and key in LEAST:
        return min(value, LEAST[key])
    return value


@pytest.fixture
def without_digits(project_with_fashion):
    """Takes MNIST away once the cells are made."""
    return lambda: (project_with_fashion.prepared("mnist")).unlink()


@pytest.mark.slow
def test_a_cell_that_reads_mnist_is_another_on_other_data_and_the_rest_are_the_same(
    checkout, project_with_fashion, composer
):
    found = {True: 0, False: 0}
    for claim, part in parts(checkout, lambda part: True):
        own, other = cells(project_with_fashion, claim, part, composer)
        reads = "mnist" in own.data
        assert (own.key != other.key) is reads, (claim.name, part.name)
        replaced = {"fashion_mnist" if name == "mnist" else name for name in own.data}
        assert set(other.data) == replaced
        found[reads] += 1
    assert found[True] >= 20
    assert found[False] >= 20


@pytest.mark.slow
def test_tasks_of_claims_read_nothing_of_mnist_when_other_data_stand_there(
    checkout, project_with_fashion, without_digits, composer
):
    """MNIST is taken away: what still asked for it, or named it by hand, would fail."""
    wanted = [
        (claim.name, part.name, cells(project_with_fashion, claim, part, composer)[1])
        for claim, part in parts(checkout, lambda p: p.task != "train" and "mnist" in p.data)
    ]
    without_digits()
    for claim, part, cell in wanted:
        outcome = cell.resolve_task()(json.loads(json.dumps(shrunk(dict(cell.config)))), 0)
        assert outcome.metrics or outcome.curves, (claim, part)
    assert len(wanted) >= 8
