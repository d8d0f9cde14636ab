"""The two equations of a plain recurrent net, against torch's layer; and where its memory is.

L1 "Redes Recurrentes", "Modelo": h_t = σ(W_xh x_t + W_hh h_{t−1} + b_h), y_t = W_hy h_t + b_y.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from deepclaims.claims.recurrence.agreement import (
    draw_weights,
    gradients,
    normal,
    random_sizes,
    relative,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.cells import RnnCell
from deepclaims.report.style import COLOURS, MARKERS, figure, level_line, panel_titles, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SINGLE = "difference_single"
FLOOR = 1e-18
"""Where a difference of exactly 0 is drawn: it has no logarithm."""


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
            SINGLE: relative([y_single], [in_single]),
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


def judge(results: Results) -> dict[str, Estimate]:
    """The largest disagreement over all nets, and the smallest of what was written wrongly."""

    def extreme(metric: str, which: str = "max") -> Estimate:
        values = results.rows("compare", metric)["value"]
        return exact(float(getattr(values, which)()), n=len(values))

    without = results.values("memory", "past", where={"recurrent": False})
    return {
        "states_and_outputs": extreme("difference"),
        "gradients": extreme("gradient_difference"),
        "one_bias_is_seen": extreme("one_bias_difference", "min"),
        "transposed_is_seen": extreme("transposed_difference", "min"),
        "single_precision_is_seen": extreme(SINGLE),
        "two_biases_are_one": extreme("bias_gradients"),
        "memory_is_in_W_hh": exact(float(without.max()), n=len(without)),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Differences against the number of steps, and the influence of past inputs."""
    return {
        "differences": differences_figure(results, language),
        "memory": memory_figure(results, language),
    }


def differences_figure(results: Results, language: str) -> Figure:
    """Every net's differences, a panel for each σ."""
    fig, axes = figure(1, 2, width=9.6, height=4.6, sharey=True)
    shown = (
        ("one_bias_difference", say(language, "un bias menos (control)", "a bias less (control)")),
        ("transposed_difference", say(language, "W_hh transpuesta (control)",
                                      "W_hh transposed (control)")),
        (SINGLE, say(language, "y, precisión simple", "y, single precision")),
        ("gradient_difference", say(language, "gradientes, doble", "gradients, double")),
        ("difference", say(language, "h e y, doble", "h and y, double")),
    )  # fmt: skip
    for ax, sigma in zip(axes, results.axis("compare", "sigma"), strict=True):
        for index, (metric, label) in enumerate(shown):
            scatter_over_steps(ax, results, metric, label, index, {"sigma": sigma})
        level_line(ax, results.claim.checks["gradients"]["bound"])
        ax.set_xlabel(say(language, "pasos T de la secuencia", "steps T of the sequence"))
    axes[0].set_ylabel(
        say(language, "diferencia relativa con torch", "relative difference from torch")
    )
    panel_titles(axes, [f"σ = {sigma}" for sigma in results.axis("compare", "sigma")])
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=3)
    return fig


def scatter_over_steps(
    ax: Axes, results: Results, metric: str, label: str, index: int, where: dict[str, Any]
) -> None:
    """One point for each net, nudged aside by its kind so that kinds do not hide one another."""
    for steps in results.axis("compare", "steps"):
        values = results.values("compare", metric, where={**where, "steps": steps})
        ax.plot(
            np.full(len(values), steps * 1.09 ** (index - 2)),
            np.maximum(values, FLOOR),
            MARKERS[index],
            color=COLOURS[index],
            markersize=4,
            linestyle="none",
            label=label if steps == results.axis("compare", "steps")[0] else None,
        )
    ax.set_xscale("log")
    ax.set_yscale("log")


def memory_figure(results: Results, language: str) -> Figure:
    """Influence of the input k steps ago, every net and the median; without W_hh only k = 0."""
    fig, ax = figure()
    kinds = (
        (True, say(language, "con W_hh: cada red", "with W_hh: each net"),
         say(language, "mediana", "median")),
        (False, say(language, "W_hh = 0 (control)", "W_hh = 0 (control)"), None),
    )  # fmt: skip
    for index, (recurrent, label, middle) in enumerate(kinds):
        steps, values = results.curve("memory", "influence", where={"recurrent": recurrent})
        drawn = np.maximum(values, FLOOR)
        if middle is None:
            ax.plot(steps, drawn[0], MARKERS[index], color=COLOURS[index], label=label,
                    linestyle="none")  # fmt: skip
            continue
        ax.plot(steps, drawn.T, color=COLOURS[index], linewidth=0.7, alpha=0.45,
                label=[label] + [None] * (len(drawn) - 1))  # fmt: skip
        ax.plot(steps, np.median(drawn, axis=0), color=COLOURS[index], linewidth=2.4, label=middle)
    ax.set_yscale("log")
    ax.set_xlabel(say(language, "pasos hacia atrás, k", "steps back, k"))
    ax.set_ylabel(r"$\|\partial h_T / \partial x_{T-k}\|$")
    ax.legend(loc="upper right")
    return fig
