"""Nets on few samples by batches of each size, all to one training loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from deepclaims.claims.optimisation.sgd_noise_regularises import small_nets
from deepclaims.claims.optimisation.sgd_noise_regularises.small_nets import Stop, Trained
from deepclaims.claims.tuning import VARIANTS
from deepclaims.evidence.outcome import Curve, Outcome


def nets(config: dict[str, Any], seed: int) -> Outcome:
    """Train nets on small sets at every α of `variants`, until their training loss is low enough.

    Args:
        config: `batch`, B; `sets`, how many training sets; `loss`, where nets stop; how long they
            may take (`epochs`, though no fewer than `steps` steps); `width`; `data`, a config of
            data; `variants` (each an `alpha`).
        seed: draws the sets, the first weights and the batches.

    Returns:
        Curve `score` by the number of the variant: the mean validation error over the sets,
        infinite where a net does not get there. Of several variants also curve `own_rate` over the
        number of a set, the largest α that gets there. Of one, over the number of a set, curves
        `test_error`, `train_error`, `train_loss`, the `epochs` and `steps` that it took, and
        `reached`; on patients also table `confusion`, summed over the sets.
    """
    batch = int(config["batch"])
    data = small_nets.drawn(config["data"], seed, int(config["sets"]))
    n = len(data[0].train)
    rates = [float(each["alpha"]) for each in config[VARIANTS]]
    steps = max(int(config["epochs"]) * max(1, n // batch), int(config["steps"]))
    stop = Stop(float(config["loss"]), steps)
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
        "train_loss": net.loss.double(),
        "steps": net.steps.double(),
        "epochs": net.steps.double() * min(batch, n) / n,
        "reached": net.reached.double(),
    }
    curves |= {name: Curve(sets, values[0].tolist()) for name, values in found.items()}
    patients = data[0].test.groups is not None
    return Outcome({}, curves, {"confusion": _by_patient(net)} if patients else {})


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
