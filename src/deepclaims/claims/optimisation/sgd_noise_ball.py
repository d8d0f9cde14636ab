"""The noise ball of SGD: its bound at every time, where it is tight, loose, and where it breaks.

L1 "Análisis de convergencia": limsup E‖W_t − w*‖² ≤ α(σ² + μ²)/(2c).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.optimisation.population_problem import PROBLEMS, Constants
from deepclaims.claims.optimisation.population_problem import constants as extremes
from deepclaims.claims.optimisation.projected_sgd import Walk, burn_in_steps, run
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.law import Student
from deepclaims.evidence.outcome import Outcome
from deepclaims.evidence.statistics import pooled_mean, slope_through, worst
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def constants(config: dict[str, Any], seed: int) -> Outcome:
    """σ², μ², c of a problem: the extremes over Θ of finite sums.

    Args:
        config: `problem`, a name in `PROBLEMS`.
        seed: not used: nothing is random.
    """
    return Outcome(_known(config["problem"]).as_dict())


def walk(config: dict[str, Any], seed: int) -> Outcome:
    """Run trajectories of SGD on one problem; `projected_sgd.run` says what comes back.

    Args:
        config: `problem`, `lr`, `batch`, `replicas`, `projected`, `looks`.
        seed: of starts and samples.
    """
    problem, known = PROBLEMS[config["problem"]](), _known(config["problem"])
    alpha = float(config["lr"])
    plan = Walk(
        alpha=alpha,
        batch=int(config["batch"]),
        replicas=config["replicas"],
        steps=burn_in_steps(alpha, known.c),
        projected=config["projected"],
        looks=config["looks"],
    )
    return run(problem, known, plan, seed)


@cache
def _known(problem: str) -> Constants:
    """A worker runs many replicas of one problem and needs its constants once."""
    return extremes(PROBLEMS[problem]())


def judge(results: Results) -> dict[str, Estimate]:
    """Estimates for the registered checks; balls and distances as shares of a bound."""
    lrs, batches = results.axis("tight", "lr"), results.axis("tight", "batch")
    tight, naive = _constants(results, "tight"), _constants(results, "wide")
    least = {"lr": min(lrs), "batch": min(batches)}
    bound = tight.ball(**_named(least))
    free = {"lr": min(results.axis("unprojected", "lr")), "batch": 1}
    broken = {"lr": min(results.axis("minimum_only", "lr")), "batch": 1}
    mistaken = least["lr"] / (2 * tight.c)
    return {
        "as_printed": _ball(results, "unprojected", free, tight.ball(**_named(free))),
        "ball_within_bound": worst(
            [
                _ball(results, "tight", {"lr": lr, "batch": batch}, tight.ball(lr, batch))
                for lr in lrs
                for batch in batches
            ],
            "below",
            1.0,
        ),
        "bound_at_every_t": worst(
            [each for lr in lrs for batch in batches for each in _over_time(results, lr, batch)],
            "below",
            float(results.claim.checks["bound_at_every_t"]["bound"]),
        ),
        "one_step_recursion": exact(
            float(results.rows("tight", "recursion_gap")["value"].max()),
            n=len(results.rows("tight", "recursion_gap")),
        ),
        "ball_proportional_to_lr": worst(
            [_slope(results, batch) for batch in batches],
            "within",
            results.claim.checks["ball_proportional_to_lr"]["bound"],
        ),
        "bound_is_tight": _ball(results, "tight", least, bound),
        "half_bound_breaks": _ball(results, "tight", least, bound / 2),
        "spectral_norm_breaks": _ball(
            results, "tight", least, mistaken * (tight.spectral / least["batch"] + tight.mu2)
        ),
        "no_variance_breaks": _ball(results, "tight", least, mistaken * tight.mu2),
        "minimum_only_breaks": _ball(
            results, "minimum_only", broken, broken["lr"] * naive.sigma2_minimum / (2 * naive.c)
        ),
        "no_noise_no_ball": exact(
            float(results.rows("noiseless", "final")["value"].max()),
            n=len(results.rows("noiseless", "final")),
        ),
        "sharp_constant": worst(
            [
                _ball(results, "tight", {"lr": min(lrs), "batch": b}, tight.sharp * min(lrs) / b)
                for b in batches
            ],
            "within",
            results.claim.checks["sharp_constant"]["bound"],
        ),
        "sharp_constant_logistic": _sharp_elsewhere(results, "logistic"),
        "steps_unbiased": _step_bias(results),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Bound and measurement over time; the ball over α and B; wrong bounds; looseness."""
    return {
        "over_time": _draw_over_time(results, language),
        "ball": _draw_ball(results, language),
        "wrong_bounds": _draw_wrong_bounds(results, language),
        "looseness": _draw_looseness(results, language),
    }


def _named(point: dict[str, Any]) -> dict[str, Any]:
    return {"alpha": point["lr"], "batch": point["batch"]}


def _constants(results: Results, problem: str) -> Constants:
    """What the `constants` part computed for a problem."""
    names = Constants.__dataclass_fields__
    where = {"problem": problem}
    return Constants(
        **{name: float(results.values("constants", name, where=where)[0]) for name in names}
    )


def _replicas(results: Results, part: str) -> int:
    return int(next(each for each in results.claim.parts if each.name == part).params["replicas"])


def _ball(results: Results, part: str, where: dict[str, Any], scale: float) -> Estimate:
    """The ball of a cell over all trajectories of all seeds, in units of `scale`."""
    return pooled_mean(
        results.values(part, "ball", where=where) / scale,
        results.values(part, "ball_square", where=where) / scale**2,
        _replicas(results, part),
    )


def _over_time(results: Results, lr: float, batch: int) -> list[Estimate]:
    """E‖W_t − w*‖² as a share of the unrolled recursion, at every recorded t."""
    known, where = _constants(results, "tight"), {"lr": lr, "batch": batch}
    steps, mean = results.curve("tight", "distance", where=where)
    square = results.curve("tight", "distance_square", where=where)[1]
    allowed = known.unrolled(lr, batch, _start(known), steps)
    count = _replicas(results, "tight")
    return [
        pooled_mean(mean[:, i] / allowed[i], square[:, i] / allowed[i] ** 2, count)
        for i in range(len(steps))
    ]


def _start(known: Constants) -> float:
    return float((Walk.start * known.radius) ** 2)


def _slope(results: Results, batch: int) -> Estimate:
    """D log ball / d log α: cells are independent, and each knows its error from trajectories."""
    lrs = results.axis("tight", "lr")
    balls = [_ball(results, "tight", {"lr": lr, "batch": batch}, 1.0) for lr in lrs]
    return slope_through(
        np.log(lrs),
        np.log([each.value for each in balls]),
        [each.se / each.value for each in balls],
    )


def _sharp_elsewhere(results: Results, problem: str) -> Estimate:
    """The ball at the smallest α as a share of α·tr(H⁻¹Σ*)/2."""
    lr = min(results.axis(problem, "lr"))
    sharp = _constants(results, problem).sharp
    return _ball(results, problem, {"lr": lr}, sharp * lr)


def _step_bias(results: Results) -> Estimate:
    """What steps did beyond their exact expectation, averaged over the cells of `tight`."""
    count = _replicas(results, "tight")
    cells = [
        pooled_mean(
            results.values("tight", "step_bias", where={"lr": lr, "batch": batch}),
            results.values("tight", "step_bias_square", where={"lr": lr, "batch": batch}),
            count,
        )
        for lr in results.axis("tight", "lr")
        for batch in results.axis("tight", "batch")
    ]
    se = float(np.linalg.norm([each.se for each in cells])) / len(cells)
    value = float(np.mean([each.value for each in cells]))
    n = sum(each.n for each in cells)
    return Estimate.of(value, Student(se, n - 1), n, "t, pooled moments, mean of cells")


def _draw_over_time(results: Results, language: str) -> Figure:
    made, ax = figure()
    known = _constants(results, "tight")
    batch = min(results.axis("tight", "batch"))
    for lr, colour in zip(results.axis("tight", "lr"), COLOURS, strict=False):
        steps, mean = results.curve("tight", "distance", where={"lr": lr, "batch": batch})
        allowed = known.unrolled(lr, batch, _start(known), steps)
        shares = _over_time(results, lr, batch)
        low, high = (allowed * [getattr(each, end) for each in shares] for end in ("low", "high"))
        measured(ax, steps, mean.mean(axis=0), low, high, f"α = {lr:g}", colour, band=True)
        theory(ax, steps, allowed, colour=colour)
    theory(ax, [], [], say(language, "cota de la filmina", "the slide's bound"))
    ax.set(xscale="log", yscale="log", xlabel=say(language, "paso t", "step t"))
    ax.set_ylabel(say(language, "E‖W_t − w*‖²  (unidades de w²)", "E‖W_t − w*‖²  (units of w²)"))
    ax.legend()
    return made


def _draw_ball(results: Results, language: str) -> Figure:
    made, ax = figure()
    known, lrs = _constants(results, "tight"), sorted(results.axis("tight", "lr"))
    batches = results.axis("tight", "batch")
    for batch, colour, marker in zip(batches, COLOURS, MARKERS, strict=False):
        found = [_ball(results, "tight", {"lr": lr, "batch": batch}, 1.0) for lr in lrs]
        _points(ax, lrs, found, f"B = {batch}", colour, marker)
        theory(ax, lrs, [known.ball(lr, batch) for lr in lrs], colour=colour)
        exact_line = [known.sharp * lr / batch for lr in lrs]
        theory(ax, lrs, exact_line, colour=colour, linestyle=":")
    theory(ax, [], [], say(language, "cota α(σ²/B + μ²)/(2c)", "bound α(σ²/B + μ²)/(2c)"))
    theory(ax, [], [], "α tr(H⁻¹Σ*)/(2B)", linestyle=":")
    ax.set(xscale="log", yscale="log", xlabel=say(language, "tasa α", "learning rate α"))
    ax.set_xticks(lrs, [f"{lr:g}" for lr in lrs])
    ax.minorticks_off()
    ax.set_ylabel(say(language, "bola de ruido E‖W − w*‖²", "noise ball E‖W − w*‖²"))
    ax.legend()
    return made


def _draw_wrong_bounds(results: Results, language: str) -> Figure:
    labels = {
        "ball_within_bound": say(language, "cota reparada (el peor caso)", "repaired (worst case)"),
        "half_bound_breaks": say(language, "la mitad de la cota", "half the bound"),
        "spectral_norm_breaks": say(
            language, "norma espectral por traza", "spectral norm for trace"
        ),
        "no_variance_breaks": say(language, "sin σ²", "without σ²"),
        "as_printed": say(language, "como está escrita: sin proyección", "as printed: unprojected"),
        "minimum_only_breaks": say(language, "σ² sólo en w*, μ = 0", "σ² at w* only, μ = 0"),
    }
    found = judge(results)
    made, ax = figure()
    for height, (name, label) in enumerate(labels.items()):
        each = found[name]
        ends = np.nan_to_num([[each.value - each.low], [each.high - each.value]], posinf=0.0)
        ax.errorbar(
            [each.value], [height], xerr=ends, fmt=MARKERS[0], color=COLOURS[int(height > 0)]
        )
        ax.annotate(label, (each.value, height), (0, 7), textcoords="offset points", ha="center")
    ax.axvline(1.0, color="black", linestyle="--")
    ax.set(xscale="log", yticks=[], ylim=(-0.7, len(labels)))
    ax.margins(x=0.3)
    ax.set_xlabel(say(language, "bola medida / cota", "measured ball / bound"))
    return made


def _draw_looseness(results: Results, language: str) -> Figure:
    made, axes = figure(1, 2)
    for name, colour, marker in zip(("tight", "wide", "logistic"), COLOURS, MARKERS, strict=False):
        known, lrs = _constants(results, name), sorted(results.axis(name, "lr"))
        where = [{"lr": lr, "batch": 1} if name == "tight" else {"lr": lr} for lr in lrs]
        if name == "tight" and 1 not in results.axis("tight", "batch"):
            continue
        of_bound = [
            _ball(results, name, w, known.ball(lr, 1)) for lr, w in zip(lrs, where, strict=True)
        ]
        of_sharp = [
            _ball(results, name, w, known.sharp * lr) for lr, w in zip(lrs, where, strict=True)
        ]
        label = _problem_name(name, language)
        _points(axes[0], lrs, of_bound, label, colour, marker)
        _points(axes[1], lrs, of_sharp, label, colour, marker)
    theory(axes[0], axes[0].get_xlim(), 1.0, say(language, "cota", "bound"))
    theory(axes[1], axes[1].get_xlim(), 1.0, "α tr(H⁻¹Σ*)/2")
    axes[0].set_yscale("log")
    for ax in axes:
        ax.set(xscale="log", xlabel=say(language, "tasa α (B = 1)", "learning rate α (B = 1)"))
        ax.set_ylabel(say(language, "bola medida / teoría", "measured ball / theory"))
    axes[0].legend()
    panel_titles(
        axes,
        [
            say(language, "respecto de la cota de la filmina", "against the slide's bound"),
            say(language, "respecto de la constante exacta", "against the sharp constant"),
        ],
    )
    return made


def _problem_name(name: str, language: str) -> str:
    return {
        "tight": say(language, "casi ajustado (d=3)", "nearly tight (d=3)"),
        "wide": say(language, "Θ grande (d=10)", "wide Θ (d=10)"),
        "logistic": say(language, "logística (d=2)", "logistic (d=2)"),
    }[name]


def _points(
    ax: Axes, x: list[float], found: list[Estimate], label: str, colour: str, marker: str
) -> None:
    value, low, high = (
        [getattr(each, name) for each in found] for name in ("value", "low", "high")
    )
    measured(ax, x, value, low, high, label, colour, marker=marker, linestyle="none")
