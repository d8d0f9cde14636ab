import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.sgd_noise_regularises import judge, measure
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.verdict import verdict
from deepclaims.optim.sparse_regression import SparseRegression

NAME = "optimisation/sgd-noise-regularises"
OURS = {"1": 2.0, "4": 0.0, "16": 0.1, "full": 0.3}
LECTURE = {"1": 0.0, "4": 1.5, "16": 2.0, "full": 4.0}
GAIN = {"1": 3.0, "4": 0.0, "16": 0.5, "full": 2.5}
FULL = {"1": 2.0, "4": 1.0, "16": 1.0, "full": 0.0}


def world(behind, ecg=None, *, linear=1.0, net=3.0, undertrained=8.0, best=2, level=0.3, **own):
    """Points of test error by batch; ratios of the full set's error to that of B = 1.

    `behind` is of MNIST and, unless `ecg` says otherwise, of ECG. `level` is the error on ECG that
    they are added to; `own` may give ECG its `ecg_undertrained`, and `ecg_best` by batch.
    """

    def outcome(part, arm, axes, seed, variants=()):
        rng = np.random.default_rng([seed, len(part.name), len(arm)])
        if part.name == "diagonal":
            scores = [abs(np.log(each["alpha"] / 0.02)) for each in variants]
            curves = {"score": Curve(range(len(variants)), scores)}
            if len(variants) > 1:
                return Outcome({}, curves)
            ratio = {"net": net, "linear": linear}[arm]
            size = np.log(axes["batch"]) / np.log(40)
            wobble = np.exp(0.1 * rng.normal(size=8)) if arm == "net" else np.ones(8)
            errors = 0.1 * ratio**size * wobble
            return Outcome({}, {**curves, "error": Curve(range(8), errors.tolist())})
        on_ecg, rates = part.name.startswith("ecg_"), part.grid["optimizer.lr"]
        batch = part.name.rpartition("_")[2]
        points = (ecg or behind)[batch] if on_ecg else behind[batch]
        chosen = own.get("ecg_best", {}).get(batch, best) if on_ecg else best
        loss = own.get("ecg_undertrained", undertrained) if on_ecg else undertrained
        away = rates.index(axes["optimizer.lr"]) - min(chosen, len(rates) - 1)
        error = (level if on_ecg else 0.16) + 0.02 * away**2 + 0.01 * points + 0.001 * rng.normal()
        poor = arm == "epochs" and batch == "full"
        scores = {"validation_error": error, "test_error": error}
        return Outcome(scores | {"train_error": 0.01 * loss * poor + 1e-4 * rng.normal()})

    return outcome


def judged(results):
    found = findings(results.claim.checks, judge.judge(results))
    return str(verdict(found, results.claim.text, results.void()).ruling), {
        each.check.name: each.outcome for each in found
    }


def test_refuted_where_one_is_not_best(imagined_patients):
    ruling, outcomes = judged(imagined_patients(NAME, world(OURS)))
    assert ruling == "refuted"
    for data in ("", "ecg_"):
        assert outcomes[f"{data}one_is_best"] is False
        assert outcomes[f"{data}one_needs_small_rate"] is True


def test_supported_where_the_lecture_is_right(imagined_patients):
    ruling, outcomes = judged(imagined_patients(NAME, world(LECTURE)))
    assert ruling == "supported"
    assert outcomes["ecg_small_generalises_better"] is True
    assert outcomes["ecg_one_is_best"] is True


def test_each_data_set_is_judged_on_its_own(imagined_patients):
    ruling, outcomes = judged(imagined_patients(NAME, world(OURS, GAIN)))
    assert ruling == "refuted"
    assert outcomes["ecg_small_generalises_better"] is True
    assert outcomes["ecg_one_is_best"] is False
    ruling, outcomes = judged(imagined_patients(NAME, world(LECTURE, OURS)))
    assert ruling == "refuted"
    assert outcomes["one_is_best"] is True
    assert outcomes["ecg_one_is_best"] is False


def test_small_batches_may_lose_on_ecg(imagined_patients):
    _, outcomes = judged(imagined_patients(NAME, world(LECTURE, FULL)))
    assert outcomes["small_generalises_better"] is True
    assert outcomes["ecg_small_generalises_better"] is False


def test_one_may_need_no_small_rate(imagined_patients):
    _, outcomes = judged(imagined_patients(NAME, world(OURS, ecg_best={"1": 3, "16": 0})))
    assert outcomes["ecg_one_needs_small_rate"] is False  # 0.6 for both
    assert outcomes["one_needs_small_rate"] is True


def test_refuted_where_noise_regularises_nowhere(imagined_patients):
    ruling, outcomes = judged(imagined_patients(NAME, world(OURS, net=1.0)))
    assert outcomes["noise_regularises_diagonal"] is False
    assert ruling == "refuted"


@pytest.mark.parametrize(
    ("changed", "control"),
    [
        ({"best": 0, "ecg_best": dict.fromkeys(OURS, 2)}, "rates_interior"),
        ({"ecg_best": {"full": 0}}, "ecg_rates_interior"),
        ({"level": 0.5}, "ecg_is_learnt"),
    ],
)
def test_inconclusive_where_a_control_fails(imagined_patients, changed, control):
    ruling, outcomes = judged(imagined_patients(NAME, world(OURS, **changed)))
    assert outcomes[control] is False
    assert ruling == "inconclusive"


@pytest.mark.parametrize("data", ["", "ecg_"])
def test_where_the_full_set_is_trained_too_only_the_first_sentences_are_open(
    imagined_patients, data
):
    results = imagined_patients(NAME, world(LECTURE, **{f"{data}undertrained": 0.0}))
    found = findings(results.claim.checks, judge.judge(results))
    rulings = verdict(found, results.claim.text, results.void()).rulings
    assert rulings["L1.s14.7"] == rulings["L1.s20.6"] == "inconclusive"
    assert rulings["L1.s20.7"] == rulings["L1.s20.8"] == "supported"


def test_a_rate_scores_where_all_interpolate_and_is_then_reported_problem_by_problem():
    config = {"arm": "linear", "batch": 8, "problems": 3, "n": 8, "d": 20, "k": 2, "steps": 3000}
    variants = [{"alpha": alpha} for alpha in (0.001, 0.1, 9.0)]
    made = measure.diagonal({**config, "variants": variants}, 1)
    slow, good, lost = made.curves["score"].values
    assert slow == lost == np.inf
    alone = measure.diagonal({**config, "variants": variants[1:2]}, 1)
    assert alone.metrics["fitted"] == 1.0
    assert np.mean(alone.curves["error"].values) == pytest.approx(good, rel=1e-6)
    assert measure.diagonal({**config, "variants": variants[1:2]}, 2).curves != alone.curves


def problems(count=3, n=10, d=20, k=2):
    return SparseRegression.drawn(count, n, d, k, torch.Generator().manual_seed(5))


def sgd(data, rates, batch, steps, **options):
    return measure.train(data, rates, batch, steps, torch.Generator().manual_seed(6), **options)


def test_a_step_is_the_gradient_of_the_loss():
    data = problems(count=1)
    u = torch.full((20,), measure.INIT, dtype=torch.float64, requires_grad=True)
    v = torch.full((20,), measure.INIT, dtype=torch.float64, requires_grad=True)
    loss = 0.5 * ((data.x[0] @ (u**2 - v**2) - data.y[0]) ** 2).mean()
    loss.backward()
    expected = (u - 0.01 * u.grad) ** 2 - (v - 0.01 * v.grad) ** 2
    torch.testing.assert_close(sgd(data, [0.01], batch=10, steps=1)[0, 0], expected.detach())


def test_the_linear_model_finds_the_interpolant_of_least_norm():
    data = problems()
    least = torch.linalg.pinv(data.x) @ data.y[..., None]
    for batch, rate in ((10, 0.2), (1, 0.02)):
        w = sgd(data, [rate], batch, 6000, linear=True)
        assert (data.loss(w) < measure.INTERPOLATES).all()
        torch.testing.assert_close(w[0], least[..., 0], rtol=0, atol=0.01)


def test_a_rate_too_high_diverges_without_disturbing_the_other():
    data = problems()
    both = sgd(data, [0.02, 50.0], 10, 600)
    alone = sgd(data, [0.02], 10, 600)
    assert not (data.loss(both[1]) < measure.DIVERGED).any()
    torch.testing.assert_close(both[0], alone[0], rtol=1e-9, atol=0.0)
