"""The two equations against torch's layer; and where a net's memory is."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.against_torch import (
    draw_weights,
    gradients,
    normal,
    random_sizes,
    relative,
)
from deepclaims.nn.cells import RnnCell


def compare(config: dict[str, Any], seed: int) -> Outcome:
    """One random net, its equations by hand and by torch, forwards and backwards.

    Args:
        config: `sigma`, tanh or relu; `steps` T.
        seed: of sizes, weights, inputs, h_0 and the direction the gradient is taken in.

    Returns:
        Relative differences: of h and y (`difference`), of all gradients (`gradient_difference`),
        of h and y in single precision (`difference_single`); of h where one of torch's biases is
        dropped (`one_bias_difference`) or W_hh transposed (`transposed_difference`); and between
        the gradients of torch's two biases (`bias_gradients`).
    """
    random = torch.Generator().manual_seed(seed)
    n, d, width, outputs = random_sizes(random)
    sigma, steps = config["sigma"], int(config["steps"])
    layer = nn.RNN(d, width, nonlinearity=sigma, batch_first=True).double()
    draw_weights(layer, random)
    head = nn.Linear(width, outputs).double()
    W_hy, b_y = normal(random, outputs, width), normal(random, outputs)
    x, h_0 = normal(random, n, steps, d), normal(random, n, width)
    direction = normal(random, n, steps, outputs)
    with torch.no_grad():
        head.weight.copy_(W_hy)
        head.bias.copy_(b_y)
    cell = RnnCell.of(layer)
    for each in (x, h_0, W_hy, b_y):
        each.requires_grad_()

    states = cell.unroll(x, h_0)
    y = states @ W_hy.T + b_y
    found = gradients(y, direction, [cell.W_xh, cell.W_hh, cell.b_h, W_hy, b_y, x, h_0])
    library, _ = layer(x, h_0[None])
    answer = head(library)
    W_ih, W_hh, b_ih, b_hh = layer.parameters()
    known = gradients(answer, direction, [W_ih, W_hh, b_ih, head.weight, head.bias, x, h_0, b_hh])
    with torch.no_grad():
        one_bias = RnnCell(W_ih, W_hh, b_ih, sigma).unroll(x, h_0)
        transposed = RnnCell(W_ih, W_hh.T, b_ih + b_hh, sigma).unroll(x, h_0)
        single = cell.float().unroll(x.float(), h_0.float())
        y_single = single @ W_hy.float().T + b_y.float()
        in_single = head.float()(layer.float()(x.float(), h_0.float()[None])[0])
    return Outcome(
        {
            "difference": relative([states, y], [library, answer]),
            "gradient_difference": relative(found, known[:7]),
            "difference_single": relative([y_single], [in_single]),
            "one_bias_difference": relative([one_bias], [library]),
            "transposed_difference": relative([transposed], [library]),
            "bias_gradients": relative([known[2]], [known[7]]),
        }
    )


def memory(config: dict[str, Any], seed: int) -> Outcome:
    """How much h_T still depends on the input k steps before: ‖∂h_T/∂x_{T−k}‖, against k.

    Args:
        config: `recurrent`, whether W_hh is there or 0; `units`, `steps` T.
        seed: of weights and inputs.

    Returns:
        Curve `influence` over k; metric `past`, its largest value for k ≥ 1.
    """
    random = torch.Generator().manual_seed(seed)
    units, steps = int(config["units"]), int(config["steps"])
    layer = nn.RNN(1, units, batch_first=True).double()
    draw_weights(layer, random)
    if not config["recurrent"]:
        nn.init.zeros_(layer.get_parameter("weight_hh_l0"))
    x, h_0 = normal(random, 1, steps, 1).requires_grad_(), torch.zeros(1, units).double()
    last = RnnCell.of(layer).unroll(x, h_0)[0, -1]
    rows = [torch.autograd.grad(unit, x, retain_graph=True)[0].ravel() for unit in last]
    influence = torch.stack(rows).norm(dim=0).flip(0)
    curve = Curve(list(range(steps)), influence.tolist())
    return Outcome({"past": float(influence[1:].max())}, {"influence": curve})
