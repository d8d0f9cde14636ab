from zlib import crc32

import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.sgd_noise_regularises import judge, small_nets
from deepclaims.claims.optimisation.sgd_noise_regularises.small_nets import Stop
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "optimisation/sgd-noise-regularises"
SETS = 32
LECTURE = {"1": 0.0, "2": 0.7, "4": 1.5, "16": 2.0, "64": 3.0, "full": 4.0}
ALIKE = dict.fromkeys(LECTURE, 0.0)
FULL = {**ALIKE, "full": -2.0}


def world(behind, *, largest=None, steps=None, undertrained=6.0, reached=1.0, deeper=1.0):
    """Points of test error by batch at equal loss, and on ECG; rates and steps of each batch.

    Args:
        behind: points by batch.
        largest: the largest rate that gets to the loss, by batch.
        steps: that it takes, by batch.
        undertrained: points that nets stopped early err more.
        reached: share of the sets on which nets get there.
        deeper: the loss where B = 1 stops, over that of the others.
    """
    largest = largest or {"1": 0.032, "16": 0.256}
    steps = steps or {"1": 1400.0, "16": 110.0}

    def outcome(part, arm, axes, seed, variants=()):
        rng = np.random.default_rng([seed, crc32(part.name.encode()), len(arm)])
        alphas = part.grid["alpha"]
        scores = [abs(np.log(each["alpha"] / alphas[1])) for each in variants]
        curves = {"score": Curve(range(len(variants)), scores)}
        batch = part.name.rpartition("_")[2]
        if len(variants) > 1:
            rate = largest.get(batch, 0.1)
            more = {"own_rate": Curve(range(SETS), [rate] * SETS)}
            return Outcome({"test_error": 0.2}, curves | more)
        points = behind[batch] + undertrained * part.name.startswith("early")
        error = 0.18 + 0.01 * points + 0.003 * rng.normal(size=SETS)
        taken = steps.get(batch, 100.0) * (1 + 0.05 * rng.normal(size=SETS))
        flags = (np.arange(SETS) < round(SETS * reached)).astype(float)
        found = {"test_error": error, "steps": taken, "reached": flags}
        found |= {"train_error": 0 * error, "epochs": taken / 100}
        found["train_loss"] = np.full(SETS, 0.049 * (deeper if batch == "1" else 1.0))
        metrics = {"test_error": float(error.mean())} if part.name.startswith("ecg") else {}
        shown = {name: Curve(range(SETS), each.tolist()) for name, each in found.items()}
        return Outcome(metrics, curves | shown)

    return outcome


SENTENCES = ("L1.s14.7", "L1.s20.6", "L1.s20.7", "L1.s20.8")


def test_supported_where_the_lecture_is_right(imagined_patients, rulings):
    found = rulings(imagined_patients(NAME, world(LECTURE)))
    assert found == dict.fromkeys(SENTENCES, "supported")


def test_refuted_where_the_full_set_generalises_better(imagined_patients, rulings):
    found = rulings(imagined_patients(NAME, world(FULL)))
    assert found["L1.s14.7"] == found["L1.s20.6"] == found["L1.s20.7"] == "refuted"
    assert found["L1.s20.8"] == "supported"


def test_open_where_all_are_alike_and_shown_to_be(imagined_patients, rulings):
    results = imagined_patients(NAME, world(ALIKE))
    assert rulings(results)["L1.s20.7"] == "inconclusive"
    for each in judge.judge(results)["one_is_alike"]:
        assert -0.5 < each.low < each.high < 0.5


@pytest.mark.parametrize(
    "changed",
    [{"largest": {"1": 0.032, "16": 0.032}}, {"steps": {"1": 110.0, "16": 110.0}}],
)
def test_one_may_need_no_small_rate_or_no_more_steps(imagined_patients, rulings, changed):
    found = rulings(imagined_patients(NAME, world(LECTURE, **changed)))
    assert found["L1.s20.8"] == "refuted"
    assert found["L1.s20.7"] == "supported"


@pytest.mark.parametrize("changed", [{"reached": 0.5}, {"deeper": 0.8}])
def test_where_losses_are_not_alike_nothing_is_concluded(changed, imagined_patients, rulings):
    found = rulings(imagined_patients(NAME, world(LECTURE, **changed)))
    assert found == dict.fromkeys(SENTENCES, "inconclusive")


def test_where_the_test_sees_no_difference_only_the_costs_are_concluded(imagined_patients, rulings):
    found = rulings(imagined_patients(NAME, world(LECTURE, undertrained=0.0)))
    assert found["L1.s14.7"] == found["L1.s20.7"] == "inconclusive"
    assert found["L1.s20.8"] == "supported"


def small(sets=2, n=16, d=5):
    random = torch.Generator().manual_seed(3)

    def split(count):
        x = torch.randn(count, 1, d, generator=random)
        return Split((x,), (x[:, 0, 0] > 0).long())

    shapes = ((1, d),)
    return [
        Splits(train=split(n), validation=split(8), test=split(8), task="classification",
               outputs=2, input_shapes=shapes, source="made")
        for _ in range(sets)
    ]  # fmt: skip


def test_a_net_stops_at_the_loss_and_its_rate_is_its_own():
    data = small()
    net = small_nets.train(data, 8, [0.1, 0.5], 4, Stop(0.1, 4000), 5)
    alone = small_nets.train(data, 8, [0.5], 4, Stop(0.1, 4000), 5)
    assert net.reached.all()
    assert (net.steps[0] > net.steps[1]).all()
    assert torch.equal(net.steps[1:], alone.steps)
    x = torch.stack([each.train.inputs[0].flatten(1) for each in data])
    y = torch.stack([each.train.targets for each in data])
    torch.testing.assert_close(small_nets.losses(alone.weights, (x, y)), alone.loss[0])
    assert (alone.loss <= 0.1).all()


def test_what_is_past_the_last_rate_of_the_grid_is_not_concluded(imagined_patients, rulings):
    found = rulings(imagined_patients(NAME, world(LECTURE, largest={"1": 0.128, "16": 0.512})))
    assert found["L1.s20.8"] == "inconclusive"
    assert found["L1.s20.7"] == "supported"


def test_a_budget_is_kept_and_a_lost_net_is_told():
    net = small_nets.train(small(), 8, [0.1, 1e6], 16, Stop(0.0, 12), 5)
    assert net.steps[0].tolist() == [12, 12]
    assert (net.steps[1] < 12).all()
    assert (net.loss[0] < small_nets.LOST).all()
    assert not net.reached.any()


def test_a_step_of_the_full_set_is_the_gradient_of_its_loss():
    data = small(sets=1)
    start = small_nets.first_weights(1, (5, 8, 2), torch.Generator().manual_seed(5))
    start = {name: w.requires_grad_() for name, w in start.items()}
    batch = data[0].train.inputs[0].flatten(1)[None], data[0].train.targets[None]
    small_nets.losses(start, batch).sum().backward()
    net = small_nets.train(data, 8, [0.3], 16, Stop(0.0, 1), 5)
    for name, w in start.items():
        torch.testing.assert_close(net.weights[name], (w - 0.3 * w.grad).detach())
