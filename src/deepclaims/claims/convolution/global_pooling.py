"""Global pooling or flattening before the last layer: where each wins, what lengths each takes.

L1 "Global Pooling". Digits in their place and shifted; stretches of ECG in which a ventricular beat
may lie anywhere. The figures stand in `global_pooling_figures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.stats import rankdata
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.claims.convolution.moved_images import shifted
from deepclaims.claims.convolution.trained_net import probabilities, trained_net
from deepclaims.claims.results import Results
from deepclaims.data import load
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import mean_interval, paired_difference, worst
from deepclaims.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

FLATTEN, MAX, AVERAGE = "flatten", "global_max", "global_average"


def digits(config: dict[str, Any], seed: int) -> Outcome:
    """Train on digits in their place; test them shifted, and in larger frames.

    Args:
        config: `head`, with its `channels` and learning rate in `rates`; `training`, the rest of a
            training config; `shift` in pixels; `frame`, pixels added on each side.
        seed: decides everything random.

    Returns:
        Metrics `validation_error`, `n_parameters`, and `accepted`, how many frames the net reads;
        curve `shift_error`.
    """
    net, splits, scores = trained_net(_training(config), seed)
    x, labels = splits.test.inputs[0], splits.test.targets
    errors = [
        float((probabilities(net, shifted(x, pixels)).argmax(1) != labels).double().mean())
        for pixels in config["shift"]
    ]
    framed = [F.pad(x[:10], [added] * 4, mode="replicate") for added in config["frame"]]
    return Outcome(
        {
            "validation_error": scores["validation_error"],
            "n_parameters": _size(net),
            "accepted": float(sum(_reads(net, each) for each in framed)),
        },
        {"shift_error": Curve(list(config["shift"]), errors)},
    )


def segments(config: dict[str, Any], seed: int) -> Outcome:
    """Train on stretches of ECG of one length; test on several, on patients never seen.

    Args:
        config: as `digits`; `lengths` of the test stretches in tenths of a second.
        seed: decides everything random.

    Returns:
        Metrics `validation_auc`, `n_parameters`, `accepted`; over the lengths the curves `auc`
        (NaN where the net refuses) and `fitted_auc` (longer stretches cut into pieces of the length
        trained on, the highest score counting; shorter ones filled up with zeros). Table
        `patients`: `record` and its `auc` at the length trained on, where it has both kinds.
    """
    import pandas as pd

    training = _training(config)
    net, splits, _ = trained_net(training, seed)
    known = splits.input_shape[-1]
    assert splits.validation is not None
    aucs, fitted = [], []
    rows: list[tuple[str, float]] = []
    for tenths in config["lengths"]:
        test = _test(training["data"], tenths / 10)
        x, true = test.inputs[0], test.targets.numpy()
        reads = _reads(net, x[:10])
        aucs.append(auc(_score(net, x), true) if reads else np.nan)
        fitted.append(auc(fitted_score(net, x, known), true))
        if x.shape[-1] == known:
            assert test.groups is not None
            score, group = _score(net, x), test.groups.numpy()
            rows = [
                (splits.group_names[own], auc(score[group == own], true[group == own]))
                for own in np.unique(group)
            ]
    validation = splits.validation
    lengths = list(config["lengths"])
    patients = pd.DataFrame(rows, columns=["record", "auc"])
    return Outcome(
        {
            "validation_auc": auc(_score(net, validation.inputs[0]), validation.targets.numpy()),
            "n_parameters": _size(net),
            "accepted": float(np.isfinite(aucs).sum()),
        },
        {"auc": Curve(lengths, aucs), "fitted_auc": Curve(lengths, fitted)},
        {"patients": patients.dropna()},
    )


def auc(score: np.ndarray, true: np.ndarray) -> float:
    """Share of pairs (with a V beat, without) that the score puts in order; ties count half.

    Args:
        score: (n,).
        true: (n,), 1 or 0. NaN comes out where all are alike.
    """
    positive = int(true.sum())
    negative = len(true) - positive
    if not positive or not negative:
        return float("nan")
    ranks = rankdata(score)[true == 1].sum()
    return float((ranks - positive * (positive + 1) / 2) / (positive * negative))


def fitted_score(net: nn.Module, x: Tensor, length: int) -> np.ndarray:
    """Scores (n,) of stretches of any length, by a net that takes `length` samples only."""
    short = -x.shape[-1] % length
    pieces = F.pad(x, (0, short)).unflatten(-1, (-1, length)).transpose(1, 2)
    scores = _score(net, pieces.flatten(0, 1)).reshape(len(x), -1)
    return np.asarray(scores.max(axis=1))


def _training(config: Mapping[str, Any]) -> dict[str, Any]:
    training, head = dict(config["training"]), config["head"]
    channels = config["channels"]["flatten" if head == FLATTEN else "global"]
    training["model"] = {**training["model"], "head": head, "channels": channels}
    training["optimizer"] = {**training["optimizer"], "lr": config["rates"][head]}
    return training


def _test(data: Mapping[str, Any], seconds: float) -> Any:
    folder = Project.here().prepared("ecg")
    return load({**data, "test_seconds": seconds}, 0, folder).test


def _score(net: nn.Module, x: Tensor) -> np.ndarray:
    return np.asarray(probabilities(net, x)[:, 1].numpy())


def _reads(net: nn.Module, x: Tensor) -> bool:
    try:
        with torch.no_grad():
            net(x)
    except RuntimeError:
        return False
    return True


def _size(net: nn.Module) -> float:
    return float(sum(p.numel() for p in net.parameters()))


def judge(results: Results) -> dict[str, Estimate]:
    """Errors in points and areas, in pairs of seeds."""
    still = {head: digit_errors(results, head, 0) for head in (FLATTEN, MAX, AVERAGE)}
    far = max(results.curve("digits", "shift_error", where={"head": FLATTEN})[0])
    moved = {head: digit_errors(results, head, far) for head in still}
    lengths = results.curve("segments", "auc", where={"head": MAX})[0]
    areas = {head: trained_length_auc(results, head) for head in (FLATTEN, MAX)}
    others = [mean_interval(aucs(results, MAX, n)) for n in lengths if n != _known(results)]
    return {
        "better_on_shifted_digits": worst(
            [paired_difference(moved[FLATTEN], moved[head]) for head in (MAX, AVERAGE)], "above"
        ),
        "better_on_ecg": paired_difference(areas[MAX], areas[FLATTEN]),
        "takes_any_length": exact(_accepted(results, MAX, min)),
        "other_lengths_work": worst(others, "above"),
        "not_on_centred_digits": paired_difference(still[FLATTEN], still[AVERAGE]),
        "flatten_takes_one_length": exact(_accepted(results, FLATTEN, max)),
        "sizes_are_equal": worst(_ratios(results), "within", [0.95, 1.05]),
    }


def digit_errors(results: Results, head: str, pixels: int) -> np.ndarray:
    """Test errors of each seed in points, (seeds,)."""
    steps, values = results.curve("digits", "shift_error", where={"head": head})
    return 100 * values[:, list(steps).index(pixels)]


def aucs(results: Results, head: str, tenths: int, curve: str = "auc") -> np.ndarray:
    """Areas of each seed at one length, (seeds,)."""
    steps, values = results.curve("segments", curve, where={"head": head})
    return values[:, list(steps).index(tenths)]


def trained_length_auc(results: Results, head: str) -> np.ndarray:
    """Areas of each seed at the length trained on, (seeds,)."""
    return aucs(results, head, _known(results))


def _known(results: Results) -> int:
    """The length trained on, in tenths of a second."""
    part = next(part for part in results.claim.parts if part.name == "segments")
    return round(10 * part.params["training"]["data"]["seconds"])


def _accepted(results: Results, head: str, which: Any) -> float:
    """Frames and lengths a head takes, together: the fewest or the most over seeds."""
    parts = (results.values(part, "accepted", where={"head": head}) for part in
             ("digits", "segments"))  # fmt: skip
    return float(sum(which(values) for values in parts))


def _ratios(results: Results) -> list[Estimate]:
    found = []
    for part in ("digits", "segments"):
        sizes = {
            head: results.values(part, "n_parameters", where={"head": head})[0]
            for head in results.axis(part, "head")
        }
        found += [exact(sizes[FLATTEN] / sizes[head]) for head in sizes if head != FLATTEN]
    return found


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Errors of shifted digits, areas over lengths, and patient by patient."""
    from deepclaims.claims.convolution import global_pooling_figures as figures

    return {
        "digits": figures.digits_figure(results, language),
        "segments": figures.segments_figure(results, language),
    }
