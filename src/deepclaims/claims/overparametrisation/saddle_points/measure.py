"""Critical points of small landscapes with their indices, and how SGD fares beside saddles."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from scipy.special import expit

from deepclaims.claims.overparametrisation.critical_points import (
    Array,
    Landscape,
    distinct,
    minima,
    stationary,
)
from deepclaims.claims.overparametrisation.saddle_points.search import (
    APART,
    Levels,
    copies,
    drawn,
    levels,
)
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import Stack, TanhNet
from deepclaims.claims.overparametrisation.saddle_points.walks import (
    Bundle,
    Course,
    around,
    batches,
    ends,
    first,
    ordinary,
    passage,
    walks,
)
from deepclaims.evidence.outcome import Curve, Outcome


def critical(config: dict[str, Any], seed: int) -> Outcome:
    """The certified critical points of a tanh net's landscape, found from many starts.

    Args:
        config: `units`; `samples`, `dimension`, `teacher`, `noise`, `decay` of the landscape (see
            `landscape`); `starts`, `descents`, `steps` of the searches; `margin` (a minimum is
            suboptimal that lies so many half variances of the targets above the best known).
        seed: draws data and starts.

    Returns:
        Metrics `saddles` and `minima` (distinct levels), `saddle_points` and `minimum_points` (with
        their copies by permuted and reflected units), `order` (rank correlation of index and loss),
        `traps` (share of the levels that are suboptimal minima), `once_saddles` and `once_minima`
        (share of each kind that one start alone led to), `certified` (share of the starts that gave
        a certified point), `certainty` (the largest of Kantorovich's numbers that passed). Table
        `levels`: loss, index, copies and hits of each.
    """
    rng = np.random.default_rng([seed, 1])
    net = landscape(config, rng)
    found = levels(net, config, rng)
    many = np.array([len(copies(point, net.units)) for point in found.points])
    saddle, trap = found.saddle, _traps(found.losses, found.losses.min(), config)
    table = pd.DataFrame(
        {"loss": found.losses, "index": found.indices, "copies": many, "hits": found.hits}
    )
    return Outcome(
        {
            "saddles": int(saddle.sum()),
            "minima": int((~saddle).sum()),
            "saddle_points": int(many[saddle].sum()),
            "minimum_points": int(many[~saddle].sum()),
            "order": float(np.corrcoef(*table[["index", "loss"]].rank().T.to_numpy())[0, 1]),
            "traps": float((trap & ~saddle).mean()),
            "once_saddles": found.once(saddle=True),
            "once_minima": found.once(saddle=False),
            "certified": found.share,
            "certainty": found.certainty,
        },
        tables={"levels": table},
    )


def autoencoder(config: dict[str, Any], seed: int) -> Outcome:
    """The same search on a linear autoencoder, whose critical levels are known.

    Baldi & Hornik 1989: (tr Σ − Σ_{i∈I} λ_i)/2 for every set I of at most p eigenvalues of Σ, all
    of them saddles but that of the p largest.

    Args:
        config: `inputs` n, `units` p, `starts`, `steps`.
        seed: draws Σ's eigenvalues and the starts.

    Returns:
        Metrics `missing`, `spurious` and `false_minima`, all 0 if search and theorem agree;
        `saddles` found. Tables `found` (loss and index of each level) and `known` (the theorem's
        losses).
    """
    n, p = config["inputs"], config["units"]
    rng = np.random.default_rng([seed, 2])
    sigma = np.sort(rng.uniform(0.5, 4.0, n))[::-1]
    surface = _linear(np.diag(sigma), p)
    starts = drawn(rng, config["starts"], 2 * n * p)
    points = np.concatenate(
        [search(surface, starts, config["steps"]) for search in (stationary, minima)]
    )
    loss, g, h = surface(points)
    critical = np.linalg.norm(g, axis=1) < 1e-9
    loss, curvature = loss[critical], np.linalg.eigvalsh(h[critical])
    index = (curvature < -1e-6 * curvature[:, -1:]).sum(axis=1)
    known = np.array(
        [sigma.sum() - sum(each) for k in range(p + 1) for each in combinations(sigma, k)]
    ) / 2  # fmt: skip
    far = np.abs(loss[:, None] - known)
    is_lowest = far.argmin(axis=1) == known.argmin()
    kept = distinct(loss, 1e-6)
    return Outcome(
        {
            "missing": int((far.min(axis=0) > 1e-6).sum()),
            "spurious": int((far.min(axis=1) > 1e-6).sum()),
            "false_minima": int(((index == 0) != is_lowest).sum()),
            "saddles": len(distinct(loss[index > 0], 1e-6)),
        },
        tables={
            "found": pd.DataFrame({"loss": loss[kept], "index": index[kept]}),
            "known": pd.DataFrame({"loss": np.sort(known)}),
        },
    )


def convex(config: dict[str, Any], seed: int) -> Outcome:
    """The same search, and the same look for plateaus, on logistic regression with weight decay.

    Args:
        config: `samples`, `dimension`, `decay`, `starts`, `steps`; `alpha`, `batch`,
            `train_steps`, `runs`, `every`, `margin`, `still` (see `walk`).
        seed: draws data, starts and batches.

    Returns:
        Metrics `saddles` and `levels` found; `plateau`, share of SGD's runs whose gradient is
        shorter than `still` while the loss is above the least by `margin` of that of w = 0.
    """
    rng = np.random.default_rng([seed, 3])
    x, sign = _inputs(config, rng), rng.choice([-1.0, 1.0], config["samples"])
    rows = x * sign[:, None]
    surface = _logistic(rows, config["decay"])
    starts = drawn(rng, config["starts"], x.shape[1])
    points = np.concatenate(
        [search(surface, starts, config["steps"]) for search in (stationary, minima)]
    )
    loss, g, h = surface(points)
    found = np.linalg.norm(g, axis=1) < 1e-9
    w = drawn(rng, config["runs"], x.shape[1])
    flat, worse = np.zeros(len(w), dtype=bool), loss.min() + config["margin"] * np.log(2)
    weights = batches(config["train_steps"], len(w), len(x), config["batch"], rng)
    for step, share in enumerate(weights):
        if step % config["every"] == 0:
            now, gradient, _ = surface(w)
            flat |= (np.linalg.norm(gradient, axis=1) < config["still"]) & (now > worse)
        w = w + config["alpha"] * ((share * expit(-w @ rows.T)) @ rows - config["decay"] * w)
    return Outcome(
        {
            "saddles": int((np.linalg.eigvalsh(h[found])[:, 0] < 0).sum()),
            "levels": len(distinct(loss[found], APART)),
            "plateau": float(flat.mean()),
        }
    )


def settle(config: dict[str, Any], seed: int) -> Outcome:
    """Where SGD's ordinary runs end, on several landscapes.

    Args:
        config: see `critical`; `landscapes`; `runs`, `alpha`, `batch`, `train_steps` of SGD;
            `descents` from other starts, which look for the best minimum too.
        seed: draws data, starts and batches.

    Returns:
        Table `ends`, a row a landscape: `trapped` and `worse`, shares of the runs that end in a
        minimum above the best known by `margin`, or at all.
    """
    rng = np.random.default_rng([seed, 5])
    nets = [landscape(config, rng) for _ in range(config["landscapes"])]
    stack = Stack(
        np.array([each.inputs for each in nets]),
        np.array([each.targets for each in nets]),
        config["units"],
        config["decay"],
    )
    many, runs, width = len(nets), config["runs"], stack.inputs.shape[2]
    starts = ordinary(rng, many * runs, config["units"], width).reshape(many, runs, -1)
    rows = []
    for net, reached in zip(nets, ends(stack, starts, config, rng), strict=True):
        others = drawn(rng, config["descents"], net.size)
        losses = net(minima(net, np.concatenate([reached, others]), config["steps"]))[0]
        settled, best = losses[:runs], losses.min()
        trapped = _traps(settled, best, config).mean()
        rows.append({"trapped": float(trapped), "worse": float((settled > best + APART).mean())})
    return Outcome({"landscapes": many}, tables={"ends": pd.DataFrame(rows)})


def walk(config: dict[str, Any], seed: int) -> Outcome:
    """Beside the saddles of a tanh net's landscape, beside its minima, and elsewhere.

    A run is held up by a saddle for as many steps as its loss takes from the saddle's level to
    `drop` of the way down from there to the lowest level known. Elsewhere are points of the same
    loss that are not critical, on the way straight from ordinary starts to where their runs ended.

    Args:
        config: see `critical`; `alpha`, `batch`, `train_steps` of SGD, `adam` its α of Adam;
            `runs` from ordinary starts; `beside` starts at a distance `near` of each saddle, of at
            most `saddles`, and as many of minima and elsewhere; `batches`, other sizes of them (0:
            all samples); from a hundredth of every `small`th start; `drop`; `distances` at which
            gradient descent without noise starts from the highest saddle; `every` so many steps of
            ordinary runs a look is taken at the gradient, which stands still if it is shorter than
            `still`, and at how near the run is to a saddle: within each `reach`; `close` is at one.
        seed: draws data, starts and batches.

    Returns:
        Metrics (medians over saddles) `held` and `apart`: steps beside a saddle, and elsewhere,
        over those of the ordinary runs from where they come by that loss; `small`: the same from a
        hundredth of the ordinary starts, beside the saddle of the origin; `left`, share of the runs
        beside saddles that did go down; `escaped`, share of the runs beside minima that settle
        elsewhere; `plateau`, share of the ordinary runs whose gradient stands still above the best
        loss by `margin`, `met`, share of those that do within `close` of a saddle above it;
        `rate`: slope on −ln(distance) of the steps without noise times ln(1 + α|λ|), which theory
        has at 1. Curves `distance`: those, `approach`: share of the ordinary runs that come within
        each `reach`, both by number. Table `waits`: a row a saddle and way to walk (`by`), with the
        median of `steps`, and the share `left`.
    """
    rng = np.random.default_rng([seed, 4])
    net = landscape(config, rng)
    found = levels(net, config, rng)
    alpha, batch, steps = config["alpha"], config["batch"], config["train_steps"]
    starts = ordinary(rng, config["runs"], net.units, net.inputs.shape[1])
    (runs,) = walks(net, [Bundle(starts, batch, alpha)], steps, rng)
    settled = net(minima(net, runs.ends, config["steps"]))[0]
    best = min(settled.min(), found.losses.min())
    high = found.saddle & _traps(found.losses, best, config)
    if not high.any():
        return Outcome({"escaped": np.nan})
    chosen = _spread(np.flatnonzero(high), config["saddles"])
    lows = _spread(np.flatnonzero(~found.saddle), config["saddles"])
    near = around(rng, np.repeat(found.points[chosen], config["beside"], axis=0), config["near"])
    same = [_same_loss(net, starts, runs.ends, found.losses[k], config["beside"]) for k in chosen]
    top = chosen[-1]
    curved = [_steepest(net, found.points[k]) for k in chosen]
    distances = np.array(config["distances"])[:, None]
    ways = {
        "sgd": Bundle(near, batch, alpha),
        "elsewhere": Bundle(around(rng, np.concatenate(same), config["near"]), batch, alpha),
        **{f"batch_{n}": Bundle(near, n or None, alpha) for n in config["batches"]},
        "momentum": Bundle(near, batch, alpha, "momentum"),
        "adam": Bundle(near, batch, config["adam"], "adam"),
    }
    steepest = [
        found.points[k] + config["near"] * way for k, (_, way) in zip(chosen, curved, strict=True)
    ]
    others = [
        Bundle(np.array(steepest), None, alpha),
        Bundle(found.points[top] + distances * curved[-1][1], None, alpha),
        Bundle(starts[:: config["small"]] / 100, batch, alpha),
        Bundle(
            around(rng, np.repeat(found.points[lows], config["beside"], axis=0), config["near"]),
            batch,
            alpha,
        ),
    ]
    courses = walks(net, [*ways.values(), *others], steps, rng)
    straight, law, small, low = courses[len(ways) :]
    goals = found.losses[chosen] - config["drop"] * (found.losses[chosen] - best)
    waits = _waits(dict(zip(ways, courses, strict=False)), goals, config["beside"])
    lone = np.array([first(straight.losses[:, [k]], goal)[0] for k, goal in enumerate(goals)])
    passed = [
        np.median(passage(runs.losses, level, goal))
        for level, goal in zip(found.losses[chosen], goals, strict=True)
    ]
    waits["steepest"], waits["ordinary"] = (
        (lone, lone < steps),
        (np.array(passed), np.full(len(chosen), np.nan)),
    )
    kept = np.repeat(found.losses[lows], config["beside"])
    escaped = np.abs(net(minima(net, low.ends, config["steps"]))[0] - kept) > APART
    rate = first(law.losses, goals[-1]) * np.log1p(-alpha * curved[-1][0])
    plateau, met, approach = _practice(net, found, high, runs, best, config)
    return Outcome(
        {
            "held": float(np.median(waits["sgd"][0] / passed)),
            "apart": float(np.median(waits["elsewhere"][0] / passed)),
            "small": float(np.median(first(small.losses, goals[-1])) / passed[-1]),
            "left": float(np.mean(waits["sgd"][1])),
            "escaped": float(escaped.mean()),
            "plateau": plateau,
            "met": met,
            "rate": float(np.polyfit(-np.log(distances[:, 0]), rate, 1)[0]),
        },
        {
            "distance": Curve(range(len(rate)), rate.tolist()),
            "approach": Curve(range(len(approach)), approach),
        },
        tables={
            "waits": pd.concat(
                pd.DataFrame(
                    {
                        "saddle": range(len(chosen)),
                        "loss": found.losses[chosen],
                        "index": found.indices[chosen],
                        "curvature": [value for value, _ in curved],
                        "by": by,
                        "steps": lasted,
                        "left": left,
                    }
                )
                for by, (lasted, left) in waits.items()
            )
        },
    )


def landscape(config: dict[str, Any], rng: np.random.Generator) -> TanhNet:
    """The loss of a net on drawn data: `samples` Gaussian inputs of a `dimension`.

    Targets are those of a `teacher` of so many tanh units with `noise` (a share of the standard
    deviation), or Gaussian without regard to the inputs where it has none. Their mean is 0 and
    their variance 1.
    """
    x = _inputs(config, rng)
    if config["teacher"]:
        hidden = np.tanh(1.5 * x @ rng.normal(size=(x.shape[1], config["teacher"])))
        y = hidden @ rng.normal(size=config["teacher"])
        y = y / y.std() + config["noise"] * rng.normal(size=len(x))
    else:
        y = rng.normal(size=len(x))
    return TanhNet(x, (y - y.mean()) / y.std(), config["units"], config["decay"])


def _traps(losses: Array, best: float, config: dict[str, Any]) -> Array:
    """Which losses are above the best by the margin."""
    above: Array = losses > best + config["margin"] / 2
    return above


def _spread(places: Array, most: int) -> Array:
    """At most so many of some places, from the first to the last."""
    picked = np.linspace(0, len(places) - 1, most).round().astype(int)
    chosen: Array = places[np.unique(picked)]
    return chosen


def _same_loss(net: TanhNet, starts: Array, reached: Array, level: float, count: int) -> Array:
    """Points of a loss where the straight way from a start to its run's end first comes to it.

    (count, p), of the first starts that are above that loss, each as often as is needed.
    """
    above = np.flatnonzero((net(starts)[0] > level) & (net(reached)[0] < level))
    chosen = np.resize(above, count)
    way = np.linspace(0, 1, 201)[:, None, None]
    line = starts[chosen] + way * (reached - starts)[chosen]
    below = net(line.reshape(-1, net.size))[0].reshape(len(way), -1) < level
    high = below.argmax(axis=0) / (len(way) - 1)
    low = high - 1 / (len(way) - 1)
    for _ in range(40):
        middle = (low + high) / 2
        under = net(starts[chosen] + middle[:, None] * (reached - starts)[chosen])[0] < level
        low, high = np.where(under, low, middle), np.where(under, middle, high)
    found: Array = starts[chosen] + high[:, None] * (reached - starts)[chosen]
    return found


def _waits(courses: dict[str, Course], goals: Array, beside: int) -> dict[str, tuple[Array, Array]]:
    """Of each way to walk the median steps to each goal, at least one, and the share that left."""
    waits: dict[str, tuple[Array, Array]] = {}
    for by, course in courses.items():
        parts = [
            first(course.losses[:, beside * k : beside * (k + 1)], goal)
            for k, goal in enumerate(goals)
        ]
        steps = np.array(parts)
        waits[by] = (
            np.maximum(np.median(steps, axis=1), 1.0),
            (steps < len(course.losses)).mean(axis=1),
        )
    return waits


def _practice(
    net: TanhNet, found: Levels, high: Array, runs: Course, best: float, config: dict[str, Any]
) -> tuple[float, float, list[float]]:
    """Shares of ordinary runs with a plateau, with one at a saddle, within each reach of one."""
    looks = slice(None, None, config["every"])
    places, losses = runs.places[looks], runs.losses[looks]
    flat = places.reshape(-1, net.size)
    whole = np.full((len(flat), len(net.targets)), 1 / len(net.targets))
    length = np.linalg.norm(net.descent(flat, whole)[1], axis=1).reshape(losses.shape)
    saddles = np.concatenate([copies(point, net.units) for point in found.points[high]])
    far = cdist(flat, saddles).min(axis=1).reshape(losses.shape)
    still = (length < config["still"]) & _traps(losses, best, config)
    met = still & (far < config["close"])
    return (
        float(still.any(axis=0).mean()),
        float(met.any(axis=0).mean()),
        [float((far.min(axis=0) < reach).mean()) for reach in config["reach"]],
    )


def _linear(sigma: Array, units: int) -> Landscape:
    """E‖x − A B x‖²/2 of inputs with covariance Σ; θ is A (n, p) and B (p, n), row by row."""
    n = len(sigma)
    basis = np.eye(2 * n * units)
    d_a, d_b = (
        basis[:, : n * units].reshape(-1, n, units),
        basis[:, n * units :].reshape(-1, units, n),
    )

    def surface(theta: Array) -> tuple[Array, Array, Array]:
        count = len(theta)
        a, b = (
            theta[:, : n * units].reshape(count, n, units),
            theta[:, n * units :].reshape(count, units, n),
        )
        rest = (np.eye(n) - a @ b) @ sigma
        loss = np.trace(rest @ (np.eye(n) - a @ b).swapaxes(1, 2), axis1=1, axis2=2) / 2
        gradient = _joined(-rest @ b.swapaxes(1, 2), -a.swapaxes(1, 2) @ rest)
        a, b, rest = a[:, None], b[:, None], rest[:, None]
        turned = (d_a @ b + a @ d_b) @ sigma
        hessian = _joined(
            turned @ b.swapaxes(2, 3) - rest @ d_b.swapaxes(1, 2),
            a.swapaxes(2, 3) @ turned - d_a.swapaxes(1, 2) @ rest,
        )
        return loss, gradient, hessian

    return surface


def _joined(a: Array, b: Array) -> Array:
    shape = a.shape[:-2]
    return np.concatenate([a.reshape(*shape, -1), b.reshape(*shape, -1)], axis=-1)


def _logistic(margins: Array, decay: float) -> Landscape:
    """Mean ln(1 + exp(−s x·w)) + decay ‖w‖²/2; the rows of `margins` are s x."""

    def surface(w: Array) -> tuple[Array, Array, Array]:
        z = w @ margins.T
        wrong = expit(-z)
        loss = np.logaddexp(0, -z).mean(axis=1) + decay / 2 * (w**2).sum(axis=1)
        gradient = -wrong @ margins / len(margins) + decay * w
        spread = (wrong * (1 - wrong))[:, None] * margins.T @ margins / len(margins)
        return loss, gradient, spread + decay * np.eye(w.shape[1])

    return surface


def _steepest(net: TanhNet, saddle: Array) -> tuple[float, Array]:
    """The lowest curvature at a point, and its direction, (p,)."""
    curvature, axes = np.linalg.eigh(net(saddle[None])[2][0])
    return float(curvature[0]), axes[:, 0]


def _inputs(config: dict[str, Any], rng: np.random.Generator) -> Array:
    n = config["samples"]
    return np.hstack([rng.normal(size=(n, config["dimension"])), np.ones((n, 1))])
