"""Does pooling make a net mind small shifts and rotations less? Errors, answers, and features.

L1 "Pooling". Pooling is compared with filters that move by two pixels: the same halving with the
same parameters, but without a maximum or mean. The figures stand in `pooling_invariance_figures`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.convolution.moved_images import rotated, shifted
from deepclaims.claims.convolution.trained_net import probabilities, trained_net
from deepclaims.claims.results import Results
from deepclaims.data.mnist import load_mnist
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import mean_interval, ratio_interval, worst
from deepclaims.nn.convolutional import ConvNet
from deepclaims.nn.dropout import Keep
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model
from deepclaims.project import Project

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOVES: dict[str, Callable[[Tensor, int], Tensor]] = {"shift": shifted, "rotation": rotated}
POOLS, STRIDE = ("max", "average"), "stride"


def moved(config: dict[str, Any], seed: int) -> Outcome:
    """Train one net on images as they are; test it on images moved more and more.

    Args:
        config: `pool`, with its learning rate in `rates`; `training`, the rest of a training
            config; `shift` in pixels and `rotation` in degrees, each a list from 0 on.
        seed: decides everything random.

    Returns:
        Metrics `validation_error` and `n_parameters`; for each kind of move the curves
        `<move>_error`, and `<move>_change`, the mean total variation between the answers to the
        image and to the moved one.
    """
    training = dict(config["training"])
    pool = config["pool"]
    training["model"] = {**training["model"], "pool": pool}
    training["optimizer"] = {**training["optimizer"], "lr": config["rates"][pool]}
    net, splits, scores = trained_net(training, seed)
    x, labels = splits.test.inputs[0], splits.test.targets
    still = probabilities(net, x)
    curves = {}
    for kind, move in MOVES.items():
        answers = [probabilities(net, move(x, amount)) for amount in config[kind]]
        errors = [float((each.argmax(1) != labels).double().mean()) for each in answers]
        change = [float((each - still).abs().sum(1).mean() / 2) for each in answers]
        curves[f"{kind}_error"] = Curve(list(config[kind]), errors)
        curves[f"{kind}_change"] = Curve(list(config[kind]), change)
    size = float(sum(p.numel() for p in net.parameters()))
    return Outcome({"validation_error": scores["validation_error"], "n_parameters": size}, curves)


def features(config: dict[str, Any], seed: int) -> Outcome:
    """How far the features of an untrained net move with the image; the same filters in all nets.

    Args:
        config: `pool`; `model`, the rest of it; `images`; `shift` and `rotation` as in `moved`.
        seed: draws the filters.

    Returns:
        For each kind of move a curve: ‖φ(moved x) − φ(x)‖/‖φ(x)‖, over all images together.
    """
    data = load_mnist(
        {"name": "mnist", "n_train": 10, "n_validation": 10, "n_test": config["images"]},
        0,
        Project.here().prepared("mnist"),
    )
    x = data.test.inputs[0]
    model = {**config["model"], "pool": config["pool"]}
    random = torch.Generator().manual_seed(seed)
    net = build_model(model, {"name": "he"}, Interface(((1, 28, 28),), 10), Keep(), random)
    assert isinstance(net, ConvNet)
    curves = {}
    with torch.no_grad():
        still = net.features(x)
        for kind, move in MOVES.items():
            change = [
                float((net.features(move(x, a)) - still).norm() / still.norm())
                for a in config[kind]
            ]
            curves[f"{kind}_features"] = Curve(list(config[kind]), change)
    return Outcome({}, curves)


def judge(results: Results) -> dict[str, Estimate]:
    """Rises of error against stride, in pairs of seeds; the pooling that gains less counts."""
    small: dict[str, list[int]] = {
        "shift": results.claim.grid["small_shift"],
        "rotation": results.claim.grid["small_rotation"],
    }

    def gain(kind: str, pool: str) -> np.ndarray:
        """By how much less the error rises than with a stride, mean over the small moves."""
        saved = [
            rise(results, STRIDE, kind, amount) - rise(results, pool, kind, amount)
            for amount in small[kind]
        ]
        return np.asarray(np.mean(saved, axis=0))

    def answers(kind: str) -> Estimate:
        def change(pool: str) -> np.ndarray:
            each = [at(results, "moved", f"{kind}_change", pool, a) for a in small[kind]]
            return np.asarray(np.mean(each, axis=0))

        return worst([ratio_interval(change(pool), change(STRIDE)) for pool in POOLS], "below")

    def ratios(kind: str) -> Estimate:
        def change(pool: str) -> np.ndarray:
            each = [at(results, "features", f"{kind}_features", pool, a) for a in small[kind]]
            return np.asarray(np.mean(each, axis=0))

        return worst([ratio_interval(change(pool), change(STRIDE)) for pool in POOLS], "below")

    sizes = results.rows("moved", "n_parameters")["value"]
    furthest = max(_steps(results, "shift"))
    everything = [*POOLS, STRIDE]

    def errors(pixels: int) -> list[Estimate]:
        return [
            mean_interval(100 * at(results, "moved", "shift_error", pool, pixels))
            for pool in everything
        ]

    return {
        "shift_costs_less": worst([mean_interval(gain("shift", pool)) for pool in POOLS], "above"),
        "rotation_costs_less": mean_interval(
            np.mean([gain("rotation", pool) for pool in POOLS], axis=0)
        ),
        "shift_changes_answers_less": answers("shift"),
        "rotation_changes_answers_less": answers("rotation"),
        "features_move_less": ratios("shift"),
        "features_turn_less": ratios("rotation"),
        "sizes_are_equal": exact(float(sizes.max() / sizes.min()), n=len(sizes)),
        "all_have_learnt": worst(errors(0), "below"),
        "large_shifts_break_all": worst(errors(furthest), "above"),
    }


def rise(results: Results, pool: str, kind: str, amount: int) -> np.ndarray:
    """By how many points the error of each seed rises when its test images are moved, (seeds,)."""
    error = f"{kind}_error"
    moved_error = at(results, "moved", error, pool, amount)
    return 100 * (moved_error - at(results, "moved", error, pool, 0))


def at(results: Results, part: str, curve: str, pool: str, amount: int) -> np.ndarray:
    """A curve's values where the move is `amount`, one per seed, (seeds,)."""
    steps, values = results.curve(part, curve, where={"pool": pool})
    return values[:, list(steps).index(amount)]


def _steps(results: Results, kind: str) -> list[int]:
    steps, _ = results.curve("moved", f"{kind}_error", where={"pool": STRIDE})
    return [int(step) for step in steps]


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Errors under shifts and rotations, the paired gains, and the features."""
    from deepclaims.claims.convolution import pooling_invariance_figures as figures

    return {
        "errors": figures.errors_figure(results, language),
        "features": figures.features_figure(results, language),
    }
