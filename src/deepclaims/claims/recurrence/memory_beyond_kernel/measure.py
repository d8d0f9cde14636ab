"""How often nets find a sign at a distance; and how far back a fresh net's gradient reaches."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Generator

from deepclaims.data.memory_problems import cue
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.convolutional import causal_convolutions
from deepclaims.nn.receptive_field import receptive_field
from deepclaims.nn.stacked_convolution import draw_convolutions, last_output
from deepclaims.nn.stacked_recurrent import draw_gated, gated_answer
from deepclaims.training.success_rate import Kind, success_rate

CHANNELS_IN, CLASSES = 2, 2


def find_cue(config: dict[str, Any], seed: int) -> Outcome:
    """Tune one kind of net for a sign at one distance, or count how many fresh nets find it.

    Args:
        config: `net` (cnn or lstm), `distance`, `length` of the sequence, `noise`, `width`; `taps`
            and `dilations` of a cnn; and what `success_rate` takes.
        seed: of everything.
    """
    length = int(config["length"])
    sizes = (CHANNELS_IN, int(config["width"]), CLASSES)
    if config["net"] == "lstm":
        kind = Kind(gated_answer, lambda law, n, random: draw_gated(law, n, sizes, length, random))
    else:
        taps, dilations = int(config["taps"]), tuple(config["dilations"])
        kind = Kind(
            partial(last_output, taps=taps, dilations=dilations),
            lambda law, n, random: draw_convolutions(law, n, sizes, taps, len(dilations), random),
        )
    problem = partial(
        cue, distance=int(config["distance"]), steps=length, noise=float(config["noise"])
    )
    return success_rate(kind, problem, config, seed)


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
        y = gated_answer(weights, x.permute(2, 0, 1)[None])
    else:
        taps, layers = int(config["taps"]), int(config["layers"])
        dilations = [int(config["growth"]) ** layer for layer in range(layers)]
        formula = receptive_field(taps, dilations)
        y = causal_convolutions(taps, dilations, (CHANNELS_IN, width), generator)(x)[..., -1]
    (gradient,) = torch.autograd.grad(y.sum(), [x])
    size = gradient.square().sum(1).mean(0).sqrt().flip(0)
    seen = int(size.nonzero().max()) + 1
    curve = Curve(range(length), size.tolist())
    return Outcome({"seen": float(seen), "formula": float(formula)}, {"gradient": curve})
