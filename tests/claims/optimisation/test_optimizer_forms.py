import numpy as np
import pytest

from deepclaims.claims.optimisation.form_pairs import PAIRS, WRONG
from deepclaims.claims.optimisation.optimizer_forms import judge

NAME = "optimisation/optimizer-forms"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, changes={"seeds.first": 300})


def where_pair(results, names, change):
    """A change of `difference` in the rows of some pairs only."""
    mine = (results.metrics["part"] == "paths") & results.metrics["pair"].isin(names)
    return {"difference": lambda v: v.where(~mine.loc[v.index], change(v))}


def test_as_measured_it_is_corrected(results, ruling):
    assert ruling(results) == "corrected"


def test_where_the_printed_forms_agree_too_it_is_supported(results, made_world, ruling):
    same = where_pair(results, judge.AS_PRINTED, lambda v: 0 * v)
    assert ruling(made_world(results, "paths", same)) == "supported"


@pytest.mark.parametrize("pair", judge.MENDED)
def test_where_a_mended_form_differs_it_is_refuted(results, made_world, ruling, pair):
    world = made_world(results, "paths", where_pair(results, [pair], lambda v: v + 1e-6))
    assert ruling(world) == "refuted"


def test_where_a_wrong_map_goes_unseen_nothing_is_concluded(results, made_world, ruling):
    world = made_world(results, "paths", where_pair(results, ["nesterov_theta"], lambda v: 0 * v))
    assert ruling(world) == "inconclusive"
    world = made_world(results, "epsilon", {"difference": lambda v: 0 * v})
    assert ruling(world) == "inconclusive"


def test_lambda_is_one_in_single_precision():
    assert np.float32(1 - 1e-8) == np.float32(1)


def test_every_pair_is_in_the_grid(results):
    assert results.axis("paths", "pair") == [*PAIRS, *WRONG]
