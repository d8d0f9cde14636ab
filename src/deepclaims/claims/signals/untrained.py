"""One fresh dense net a seed: how large its signals are, and what is left in fewer digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.signal_passes import Passes, draw_matrices, factor, pass_through

PRECISIONS = {"single": torch.float32, "half": torch.float16}
SETTLED = 5
"""Layers left out of a slope, while q_l settles."""


def measure_passes(config: dict[str, Any], seed: int) -> Outcome:
    """Send N(0, 1) inputs forwards and a random gradient backwards, in double precision.

    Args:
        config: `activation`, `width` d, `depth` L, `inputs`; `scale` d v (d, that is N(0, 1), if it
            names none); `precisions` in which the same net is passed through once more.
        seed: draws the net, another for every other config.

    Returns:
        Metrics `forward` and `gradient`, what a layer multiplies the root mean square of h_l and of
        ∂s/∂z_l by; `forward_growth` and `gradient_growth`, log₁₀ of what all of them do. Curves
        `h` and `gradient` against l. For each precision the metric `lost_<name>`, whether the
        output is not finite or the gradient at the first layer 0 or not finite; and the curve
        `gradient_<name>`.
    """
    width, depth = int(config["width"]), int(config["depth"])
    scale = float(config.get("scale") or width)
    own = [seed, width, depth, round(100 * scale), *config["activation"].encode()]
    number = int(np.random.SeedSequence(own).generate_state(1)[0])
    generator = torch.Generator().manual_seed(number)
    w = draw_matrices(width, depth, scale, generator)
    shape = (2, int(config["inputs"]), width)
    x, out = torch.empty(shape, dtype=torch.float64).normal_(generator=generator)
    exact = pass_through(w, config["activation"], x, out)
    metrics = {
        "forward": factor(exact.h, SETTLED),
        "gradient": 1 / factor(exact.gradient, SETTLED),
        "forward_growth": math.log10(exact.h[-1] / exact.h[0]),
        "gradient_growth": math.log10(exact.gradient[0] / exact.gradient[-1]),
    }
    layers = range(1, depth + 1)
    curves = {
        "h": Curve(layers, exact.h.tolist()),
        "gradient": Curve(layers, exact.gradient.tolist()),
    }
    for name in config.get("precisions", ()):
        kind = PRECISIONS[name]
        rough = pass_through(w.to(kind), config["activation"], x.to(kind), out.to(kind))
        metrics[f"lost_{name}"] = float(is_lost(rough))
        curves[f"gradient_{name}"] = Curve(layers, rough.gradient.tolist())
    return Outcome(metrics, curves)


def is_lost(passes: Passes) -> bool:
    """Whether nothing usable is left: an output that is not finite, or no gradient."""
    gradient = passes.gradient[0]
    return not (np.isfinite(passes.h[-1]) and np.isfinite(gradient) and gradient > 0)
