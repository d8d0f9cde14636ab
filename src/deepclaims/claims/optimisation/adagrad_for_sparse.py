"""AdaGrad's rate of each component against one rate for all, on rare and on frequent features.

L2 "AdaGrad" ("Sirve para sparse data"); L1 "Adaptive Gradient (Adagrad)"; Duchi et al. 2011. L2
"¿Cuál usar?": also for sparse inner representations (`hidden_sparsity`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.optimisation import hidden_sparsity
from deepclaims.claims.optimisation.hidden_sparsity_gains import (
    draw_hidden,
    hidden_edges,
    hidden_estimates,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import ratio_interval, worst
from deepclaims.optim import rules
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

METHODS = ("sgd", "sgd_decay", "one_rate", "adagrad")
EPS = 1e-8
TUNING = 2  # problems on which α is chosen, apart from the one that is reported


def regression(config: dict[str, Any], seed: int) -> Outcome:
    """Learn logistic regressions in one pass over their samples, at every α of a grid at once.

    Features are 0 or 1 and the j-th is 1 with probability j^(−a)/2 (`sparse`), or all standard
    normal (`dense`). α is the one with the smallest mean divergence on tuning problems, on inputs
    of their own; another problem is reported.

    Args:
        config: `features` (sparse or dense), `method` (one of `METHODS`: `sgd_decay` steps by
            α/√t, `one_rate` by α/√Σ‖g‖²), `power` a, `dimensions`, `samples`, `batch`, `test`,
            `scale` of the true weights, `rates` [lowest, highest, count], `rare` (the first j
            that counts as rare).
        seed: draws problems, samples and batches; the same for every method.

    Returns:
        `divergence`: mean KL of the fitted probability from the true one at new inputs (nats),
        `rare`: the same over inputs with at least two rare features, `alpha`, `edge` (1 where α is
        the first or last of the grid); curve `by_rate`: `divergence` at every α, by its number.
    """
    random = torch.Generator().manual_seed(seed)
    low, high, count = config["rates"]
    alpha = torch.logspace(float(np.log10(low)), float(np.log10(high)), count, dtype=torch.float64)
    problems, d = TUNING + 1, config["dimensions"]
    weights = config["scale"] * torch.randn(problems, d, 1, generator=random)
    if config["features"] == "dense":
        weights *= 2 / d**0.5  # so that labels are about as predictable as with rare features
    theta = torch.zeros(problems * count, d)
    rates, state = alpha.repeat(problems), rules.State()
    for t in range(1, config["samples"] // config["batch"] + 1):
        x = _inputs(config, (problems, config["batch"]), random)
        p = (x @ weights).sigmoid()
        y = (torch.rand(p.shape, generator=random) < p).float()
        off = (x @ theta.view(problems, count, d).transpose(1, 2)).sigmoid() - y
        g = (off.transpose(1, 2) @ x / config["batch"]).reshape(theta.shape)
        _step(config["method"], theta, g, state, t, rates)
    x = _inputs(config, (problems, config["test"]), random)
    theta = theta.view(problems, count, d).transpose(1, 2)
    divergence = _divergence((x @ weights).double(), (x @ theta).double())
    best = int(divergence[:TUNING].mean(dim=(0, 1)).argmin())
    own = divergence[-1]
    rare = (x[-1][:, config["rare"] - 1 :] != 0).sum(1) >= 2
    return Outcome(
        {
            "divergence": float(own[:, best].mean()),
            "rare": float(own[rare, best].mean()),
            "alpha": float(alpha[best]),
            "edge": float(best in (0, count - 1)),
        },
        {"by_rate": Curve(range(count), own.mean(0).tolist())},
    )


def _inputs(config: dict[str, Any], shape: tuple[int, int], random: torch.Generator) -> Tensor:
    """Features, (problems, samples, dimensions)."""
    d = config["dimensions"]
    if config["features"] == "dense":
        return torch.randn(*shape, d, generator=random)
    often = 0.5 * torch.arange(1.0, d + 1) ** -config["power"]
    return (torch.rand(*shape, d, generator=random) < often).float()


def _divergence(true: Tensor, fitted: Tensor) -> Tensor:
    """KL of Bernoulli laws given by their logits, (…, samples, 1) and (…, samples, rates)."""
    p = true.sigmoid()
    on = torch.nn.functional.logsigmoid
    return p * (on(true) - on(fitted)) + (1 - p) * (on(-true) - on(-fitted))


def _step(method: str, theta: Tensor, g: Tensor, state: rules.State, t: int, alpha: Tensor) -> None:
    """One update of all rows of θ, (R, d), each at its own α."""
    if method == "adagrad":
        rules.adagrad([theta], [g], state, t, alpha=alpha, eps=EPS, root="inside")
        return
    if method == "one_rate":
        total = state.setdefault("v", [torch.zeros_like(alpha)])[0]
        total += g.square().sum(1)
        alpha = alpha / (total + EPS).sqrt()
    elif method == "sgd_decay":
        alpha = alpha / t**0.5
    rules.sgd([theta], [g], state, t, alpha=alpha)


def hidden(config: dict[str, Any], seed: int) -> Outcome:
    """Train nets whose hidden units are rarely active; see `hidden_sparsity.hidden`."""
    return hidden_sparsity.hidden(config, seed)


def judge(results: Results) -> dict[str, Estimate]:
    """Ratios of divergences or losses, paired over seeds: how many times the adaptive method's."""
    sparse, dense = ("sgd_decay", "one_rate"), "dense"
    edges = [*results.rows("regression", "edge")["value"], *hidden_edges(results)]

    def hardest(features: str, metric: str, check: str, relation: str = "above") -> Estimate:
        found = [_gain(results, features, other, metric) for other in sparse]
        return worst(found, relation, results.claim.checks[check]["bound"])

    return {
        "beats_sgd": _gain(results, "sparse", "sgd", "divergence"),
        "not_only_decay": hardest("sparse", "divergence", "not_only_decay"),
        "on_rare_features": hardest("sparse", "rare", "on_rare_features"),
        "not_when_dense": hardest(dense, "divergence", "not_when_dense", "below"),
        "sparsity_matters": worst(
            [
                ratio_interval(_ratios(results, "sparse", other), _ratios(results, dense, other))
                for other in sparse
            ],
            "above",
            1.0,
        ),
        "grid_is_wide_enough": exact(float(max(edges)), n=len(edges)),
        **hidden_estimates(results),
    }


def _values(results: Results, features: str, method: str, metric: str) -> np.ndarray:
    where = {"features": features, "method": method}
    return results.values("regression", metric, where=where)


def _ratios(results: Results, features: str, other: str, metric: str = "divergence") -> np.ndarray:
    mine = _values(results, features, "adagrad", metric)
    return np.asarray(_values(results, features, other, metric) / mine)


def _gain(results: Results, features: str, other: str, metric: str) -> Estimate:
    return ratio_interval(_ratios(results, features, other, metric))


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Gains of AdaGrad over each rival; divergence at every α; gains with sparse hidden units."""
    return {
        "gains": _draw_gains(results, language),
        "rates": _draw_rates(results, language),
        "hidden": draw_hidden(results, language),
    }


def _names(language: str) -> dict[str, str]:
    return {
        "sgd": say(language, "SGD, α fija", "SGD, fixed α"),
        "sgd_decay": "SGD, α/√t",
        "one_rate": say(language, "AdaGrad, una sola tasa", "AdaGrad, one rate for all"),
        "adagrad": "AdaGrad",
    }


def _draw_gains(results: Results, language: str) -> Figure:
    made, ax = figure(width=8.0)
    names = _names(language)
    shown = (
        ("sparse", "divergence", say(language, "features raras", "rare features")),
        (
            "sparse",
            "rare",
            say(language, "sólo entradas con dos o más raras", "only inputs with two or more rare"),
        ),
        ("dense", "divergence", say(language, "control: features densas", "control: dense")),
    )
    for series, (features, metric, label) in enumerate(shown):
        found = [_gain(results, features, other, metric) for other in METHODS[:-1]]
        value, low, high = ([getattr(e, end) for e in found] for end in ("value", "low", "high"))
        measured(
            ax, [i + 0.15 * (series - 1) for i in range(3)], value, low, high, label,
            COLOURS[series], marker=MARKERS[series], linestyle="none",
        )  # fmt: skip
    theory(ax, [-0.5, 2.5], 1.0, say(language, "igual que AdaGrad", "as AdaGrad"))
    ax.set_xticks(range(3), [names[other] for other in METHODS[:-1]])
    ax.set(yscale="log", xlim=(-0.5, 2.5), ylim=(0.8, 3.0))
    ticks = (0.8, 1.0, 1.5, 2.0, 3.0)
    ax.set_yticks(ticks, [f"{each:g}".replace(".", say(language, ",", ".")) for each in ticks])
    ax.minorticks_off()
    ax.set_ylabel(say(language, "divergencia / la de AdaGrad", "divergence / AdaGrad's"))
    ax.legend()
    return made


def _draw_rates(results: Results, language: str) -> Figure:
    made, axes = figure(1, 2)
    low, high, count = _part(results).params["rates"]
    alpha = np.logspace(np.log10(low), np.log10(high), count)
    for ax, features in zip(axes, ("sparse", "dense"), strict=True):
        for (method, label), colour, marker in zip(
            _names(language).items(), COLOURS, MARKERS, strict=False
        ):
            where = {"features": features, "method": method}
            values = results.curve("regression", "by_rate", where=where)[1]
            found = [ratio_interval(column) for column in values.T]
            centre, lowest, highest = (
                [getattr(e, end) for e in found] for end in ("value", "low", "high")
            )
            measured(ax, alpha, centre, lowest, highest, label, colour, marker=marker)
        ax.set(xscale="log", yscale="log", xlabel=say(language, "tasa α", "learning rate α"))
        ax.set_ylabel(say(language, "divergencia KL (nats)", "KL divergence (nats)"))
    axes[0].legend()
    panel_titles(
        axes,
        [say(language, "features raras", "rare features"), say(language, "densas", "dense")],
    )
    return made


def _part(results: Results) -> Any:
    return next(part for part in results.claim.parts if part.name == "regression")
