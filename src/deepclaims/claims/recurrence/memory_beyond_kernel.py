"""How far back convolutional and recurrent nets reach: a sign at a distance, and its gradient.

L1 "Redes Recurrentes: Motivación".
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Generator, Tensor, nn

from deepclaims.claims.recurrence.causal_convolution import (
    draw_convolutions,
    last_output,
    receptive_field,
)
from deepclaims.claims.recurrence.memory_problems import cue
from deepclaims.claims.recurrence.recurrent_replicas import (
    Weights,
    answer,
    draw_gated,
    gated_states,
)
from deepclaims.claims.recurrence.replica_training import Plan
from deepclaims.claims.recurrence.tuned_alike import Kind, tune_and_test
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import mean_interval, proportion_interval, worst

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHANNELS_IN, CLASSES = 2, 2
LAWS = {
    "cnn": ("he", "lecun", "half"),
    "dilated": ("he", "lecun", "half"),
    "lstm": ("one", "open", "chrono"),
}
"""What is tried of each kind of net."""


def find_cue(config: dict[str, Any], seed: int) -> Outcome:
    """Tune one kind of net for a sign at one distance, and count how many fresh nets find it.

    Args:
        config: `kind` (a key of `LAWS`), `distance`, `length` of the sequence, `noise`, `taps`,
            `dilations` by kind, `width` by kind, `rates`, `steps`, `batch`, `tried`, `reported`,
            `success`.
        seed: of everything.
    """
    kind, distance = str(config["kind"]), int(config["distance"])
    length, taps = int(config["length"]), int(config["taps"])
    sizes = (CHANNELS_IN, int(config["width"][kind]), CLASSES)
    dilations = tuple(config["dilations"].get(kind, ()))

    def draw(law: str, replicas: int, generator: Generator) -> Weights:
        if kind == "lstm":
            return draw_gated(law, replicas, sizes, length, generator)
        return draw_convolutions(law, replicas, sizes, taps, len(dilations), generator)

    convolve = partial(last_output, taps=taps, dilations=dilations)
    return tune_and_test(
        Kind(_read if kind == "lstm" else convolve, draw, LAWS[kind], config["rates"]),
        partial(cue, distance=distance, steps=length, noise=float(config["noise"])),
        Plan(steps=int(config["steps"]), batch=int(config["batch"])),
        (int(config["tried"]), int(config["reported"])),
        float(config["success"]),
        seed,
    )


def _read(weights: Weights, x: Tensor) -> Tensor:
    return answer(weights, gated_states(weights, x)[-1])


def reach(config: dict[str, Any], seed: int) -> Outcome:
    """How the answer of a fresh net, PyTorch's layers in float64, depends on each earlier step.

    Args:
        config: `net`: cnn or lstm; `taps`, `layers`, `growth` (dilations growth^l) of a cnn;
            `length`, `width`.
        seed: draws weights and inputs.

    Returns:
        Metrics `seen` (1 + the largest distance at which some gradient is not exactly 0) and
        `formula` (the receptive field; the sequence's length for an LSTM); curve `gradient`:
        ‖∂y_T/∂x_{T−d}‖ over distance d, root mean square over inputs.
    """
    generator = Generator().manual_seed(seed)
    length, width = int(config["length"]), int(config["width"])
    x = torch.empty(16, CHANNELS_IN, length, dtype=torch.float64)
    x.normal_(generator=generator).requires_grad_()
    if config["net"] == "lstm":
        formula = length
        weights = draw_gated("open", 1, (CHANNELS_IN, width, 1), length, generator)
        weights = {name: w.double() for name, w in weights.items()}
        y = _read(weights, x.permute(2, 0, 1)[None])
    else:
        taps, layers = int(config["taps"]), int(config["layers"])
        dilations = [int(config["growth"]) ** layer for layer in range(layers)]
        formula = receptive_field(taps, dilations)
        y = _causal_layers(taps, dilations, width, generator)(x)[..., -1]
    (gradient,) = torch.autograd.grad(y.sum(), [x])
    size = gradient.square().sum(1).mean(0).sqrt().flip(0)
    seen = int(size.nonzero().max()) + 1
    curve = Curve(range(length), size.tolist())
    return Outcome({"seen": float(seen), "formula": float(formula)}, {"gradient": curve})


def _causal_layers(
    taps: int, dilations: list[int], width: int, generator: Generator
) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = CHANNELS_IN
    for dilation in dilations:
        layer = nn.Conv1d(channels, width, taps, dilation=dilation, dtype=torch.float64)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        layers += [nn.ConstantPad1d(((taps - 1) * dilation, 0), 0.0), layer, nn.ReLU()]
        channels = width
    return nn.Sequential(*layers)


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered, on both sides of the receptive field."""
    seen = field(results)
    distances = results.axis("cue", "distance")
    inside = [d for d in distances if d < seen]
    outside = [d for d in distances if d >= seen]
    far = max(distances)
    blind = [mean_interval(_accuracies(results, "cnn", d)) for d in outside]
    gaps = (
        results.rows("reach", "seen")["value"].to_numpy()
        - results.rows("reach", "formula")["value"].to_numpy()
    )
    return {
        "cnn_blind": worst(blind, "within", results.claim.checks["cnn_blind"]["bound"]),
        "lstm_reaches": worst([share(results, "lstm", d) for d in distances], "above"),
        "only_dynamic_memory": share(results, "dilated", far),
        "static_memory_reaches": share(results, "dilated", far),
        "receptive_field": exact(float(np.abs(gaps).max()), len(gaps)),
        "cnn_inside": worst([share(results, "cnn", d) for d in inside], "above"),
    }


def field(results: Results) -> int:
    """Receptive field of the plain convolutional net."""
    (part,) = (each for each in results.claim.parts if each.name == "cue")
    return receptive_field(int(part.params["taps"]), part.params["dilations"]["cnn"])


def share(results: Results, kind: str, distance: int) -> Estimate:
    """Nets that find the sign, over all seeds."""
    where = {"kind": kind, "distance": distance}
    successes, trials = (
        results.values("cue", name, where=where) for name in ("successes", "trials")
    )
    return proportion_interval(int(np.sum(successes)), int(np.sum(trials)))


def _accuracies(results: Results, kind: str, distance: int) -> np.ndarray:
    """Test accuracy of each net."""
    table = results.tables["tested"]
    chosen = (table["kind"] == kind) & (table["distance"] == distance)
    return table.loc[chosen, "accuracy"].to_numpy(dtype=float)


def accuracy(results: Results, kind: str, distance: int) -> Estimate:
    """Mean test accuracy over nets."""
    return mean_interval(_accuracies(results, kind, distance))


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The figures of the claim's page."""
    from deepclaims.claims.recurrence.memory_beyond_kernel_figures import (
        distance_figure,
        gradient_figure,
    )

    return {
        "distance": distance_figure(results, language),
        "gradient": gradient_figure(results, language),
    }
