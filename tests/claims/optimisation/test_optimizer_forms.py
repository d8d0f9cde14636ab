import numpy as np
import pytest

from deepclaims.claims.optimisation.form_pairs import DECKS, DECKS_WRONG, PAIRS, WRONG
from deepclaims.claims.optimisation.optimizer_forms import judge

NAME = "optimisation/optimizer-forms"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, changes={"seeds.first": 300})


def where_pair(results, names, change):
    """A change of `difference` in the rows of some pairs only."""
    mine = (results.metrics["part"] == "paths") & results.metrics["pair"].isin(names)
    return {"difference": lambda v: v.where(~mine.loc[v.index], change(v))}


def test_as_measured_the_decks_agree(results, ruling):
    assert ruling(results) == "supported"


@pytest.mark.parametrize("pair", DECKS)
def test_where_one_rule_differs_it_is_refuted(results, made_world, ruling, pair):
    world = made_world(results, "paths", where_pair(results, [pair], lambda v: v + 1e-6))
    assert ruling(world) == "refuted"


@pytest.mark.parametrize("pair", DECKS_WRONG)
def test_where_wrong_numbers_go_unseen_nothing_is_concluded(results, made_world, ruling, pair):
    world = made_world(results, "paths", where_pair(results, [pair], lambda v: 0 * v))
    assert ruling(world) == "inconclusive"


def test_what_torch_has_decides_nothing(results, made_world, ruling):
    found = judge.judge(results)
    assert found["torch_mended"].value < 1e-12 < found["torch_as_printed"].value
    world = made_world(results, "paths", where_pair(results, PAIRS, lambda v: v + 1.0))
    assert ruling(world) == "supported"


def test_lambda_is_one_in_single_precision():
    assert np.float32(1 - 1e-8) == np.float32(1)


def test_every_pair_is_in_the_grid(results):
    assert results.axis("paths", "pair") == [*DECKS, *DECKS_WRONG, *PAIRS, *WRONG]
