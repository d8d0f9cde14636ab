"""Nets on few samples by batches of each size; and a diagonal linear net on sparse regression.

The latter, w = u² − v² trained by SGD with replacement, is where the noise of small batches is
known to regularise (Pesme, Pillaud-Vivien & Flammarion 2021): it drives the net towards sparser
interpolants than gradient descent finds. The linear model w itself is the control: from 0, every
batch size ends in the same interpolant of least norm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from deepclaims.claims.optimisation.sgd_noise_regularises import small_nets
from deepclaims.claims.optimisation.sgd_noise_regularises.small_nets import Stop, Trained
from deepclaims.claims.tuning import VARIANTS
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules
from deepclaims.optim.sparse_regression import SparseRegression
from deepclaims.training.stack import Descent, Weights, train_stack

INIT = 0.1
"""u = v = 0.1 at first, so w = 0."""
INTERPOLATES = 1e-6
"""Mean squared error on the training set below which it is fitted."""
DIVERGED = 1e6
"""Above which it is lost."""
EVERY = 500
"""Steps between two looks at that error."""


def nets(config: dict[str, Any], seed: int) -> Outcome:
    """Train nets on small sets at every α of `variants`, to a loss or for so many steps.

    Args:
        config: `arm`: loss, epochs or steps; `batch`, B; the number of training sets
            (`sets`); of each arm how long at most (`most`: epochs for loss and epochs, though for
            loss no fewer than `fewest` steps); `loss`, the mark; `width`; `data`, a config of data;
            `variants` (each an `alpha`).
        seed: draws the sets, the first weights and the batches.

    Returns:
        Curve `score` by the number of the variant: the mean validation error over the sets,
        infinite where a net does not reach the mark or is lost. Of several variants also curve
        `own_rate` over the number of a set, the largest α that gets there. Of one, over the number
        of a set, curves `test_error`, `train_error`, `epochs` and `steps` that it took, and
        `reached`; on patients also table `confusion`, summed over the sets.
    """
    batch = int(config["batch"])
    data = small_nets.drawn(config["data"], seed, int(config["sets"]))
    n = len(data[0].train)
    rates = [float(each["alpha"]) for each in config[VARIANTS]]
    stop = _stop(config, max(1, n // batch))
    net = small_nets.train(data, int(config["width"]), rates, batch, stop, seed)
    error = net.wrong("validation").double().mean(-1)
    error = torch.where(net.reached, error, torch.inf)
    curves = {"score": Curve(range(len(rates)), error.mean(1).tolist())}
    sets = range(len(data))
    if len(rates) > 1:
        largest = (net.reached * torch.tensor(rates)[:, None]).amax(0)
        return Outcome({}, {**curves, "own_rate": Curve(sets, largest.tolist())})
    found = {
        "test_error": net.wrong("test").double().mean(-1),
        "train_error": net.wrong("train").double().mean(-1),
        "steps": net.steps.double(),
        "epochs": net.steps.double() * min(batch, n) / n,
        "reached": net.reached.double(),
    }
    curves |= {name: Curve(sets, values[0].tolist()) for name, values in found.items()}
    patients = data[0].test.groups is not None
    return Outcome({}, curves, {"confusion": _by_patient(net)} if patients else {})


def _stop(config: dict[str, Any], per_epoch: int) -> Stop:
    arm, most = config["arm"], int(config["most"][config["arm"]])
    if arm == "steps":
        return Stop(most)
    if arm == "epochs":
        return Stop(most * per_epoch)
    return Stop(max(most * per_epoch, int(config["fewest"])), float(config["loss"]))


def _by_patient(net: Trained) -> Any:
    """How often each patient's class, of two, was given as `predicted`, over all training sets."""
    import pandas as pd

    test, names = net.data[0].test, np.array(net.data[0].group_names)
    assert test.groups is not None
    wrong, true = net.wrong("test")[0].numpy(), test.targets.numpy()
    predicted = np.where(wrong, 1 - true, true)
    columns = {"record": names[test.groups.numpy()], "true": true}
    rows = pd.concat([pd.DataFrame({**columns, "predicted": each}) for each in predicted])
    return rows.groupby(list(rows)).size().rename("count").reset_index()


def diagonal(config: dict[str, Any], seed: int) -> Outcome:
    """Descend on sparse regressions at every α of `variants`, by the net or by the linear model.

    Args:
        config: `arm` (net or linear), `batch`, `problems`, `n`, `d`, `k`, `steps`, `variants`
            (each an `alpha`).
        seed: draws problems and samples; the same problems for every batch and model.

    Returns:
        Curve `score` by the number of the variant: mean of ‖w − w*‖² over the problems, infinite
        where not all interpolate, which is seen without knowing w*. Of a single variant also curve
        `error` over the number of a problem, its ‖w − w*‖², and metric `fitted`, the share of
        problems interpolated.
    """
    generator = Generator().manual_seed(seed)
    problems, n, d, k = (int(config[key]) for key in ("problems", "n", "d", "k"))
    data = SparseRegression.drawn(problems, n, d, k, generator)
    rates = [float(each["alpha"]) for each in config[VARIANTS]]
    linear = config["arm"] == "linear"
    w = train(data, rates, int(config["batch"]), int(config["steps"]), generator, linear=linear)
    error, fits = (w - data.w).square().sum(-1), data.loss(w) < INTERPOLATES
    score = torch.where(fits.all(1), error.mean(1), torch.inf)
    curves = {"score": Curve(range(len(rates)), score.tolist())}
    if len(rates) > 1:
        return Outcome({}, curves)
    curves["error"] = Curve(range(error.shape[1]), error[0].tolist())
    return Outcome({"fitted": float(fits.double().mean())}, curves)


def train(
    data: SparseRegression,
    rates: Sequence[float],
    batch: int,
    steps: int,
    generator: Generator,
    *,
    linear: bool = False,
) -> Tensor:
    """SGD on ½(w·x − y)², a net for each rate and problem, until it interpolates or diverges.

    Args:
        data: the problems.
        rates: L rates α.
        batch: samples a step, drawn with replacement; n or more for the whole set.
        steps: at most.
        generator: of the samples, the same for every rate.
        linear: w itself is trained, from 0.

    Returns:
        w of each net, `(L, P, d)`.
    """
    problems, n, d = data.x.shape
    y, rows = data.y, torch.arange(problems)[:, None]
    final = torch.zeros(len(rates) * problems, d, dtype=torch.float64)
    left = torch.arange(len(final))

    def batches(_: int) -> tuple[Tensor, Tensor]:
        mine = left % problems
        if batch >= n:
            return data.x[mine], y[mine]
        chosen = torch.randint(n, (problems, batch), generator=generator)
        return data.x[rows, chosen][mine], y[rows, chosen][mine]

    def look(t: int, descent: Descent) -> Tensor:
        nonlocal left
        final[left] = effective(descent.weights).detach()
        loss = data.loss(final.view(-1, problems, d)).flatten()[left]
        going = (loss >= INTERPOLATES) & (loss < DIVERGED)
        left = left[going]
        return going

    alpha = torch.tensor(rates, dtype=torch.float64).repeat_interleave(problems)
    start = torch.full_like(final, INIT)
    weights = {"w": torch.zeros_like(final)} if linear else {"u": start, "v": start}
    train_stack(Descent(weights, rules.sgd, alpha=alpha), _half_square, batches, steps, look, EVERY)
    return final.view(-1, problems, d)


def effective(weights: Weights) -> Tensor:
    """The linear map w of the net u² − v², or of the linear model, `(R, d)`."""
    return weights["w"] if "w" in weights else weights["u"] ** 2 - weights["v"] ** 2


def _half_square(weights: Weights, batch: tuple[Tensor, Tensor]) -> Tensor:
    x, y = batch
    off = (x @ effective(weights)[..., None]).squeeze(-1) - y
    return 0.5 * off.square().mean(1)
