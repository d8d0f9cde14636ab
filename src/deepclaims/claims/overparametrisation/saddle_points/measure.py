"""Critical points of small landscapes with their indices, and how SGD fares beside saddles."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from deepclaims.claims.overparametrisation.critical_points import (
    Array,
    distinct,
    minima,
    stationary,
)
from deepclaims.claims.overparametrisation.saddle_points.delays import (
    held_up,
    practice,
    same_loss,
    spread,
    steepest,
)
from deepclaims.claims.overparametrisation.saddle_points.landscapes import (
    inputs,
    linear_autoencoder,
    logistic,
    tanh_net,
)
from deepclaims.claims.overparametrisation.saddle_points.search import (
    APART,
    copies,
    drawn,
    levels,
    traps,
)
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import Stack, TanhNet
from deepclaims.claims.overparametrisation.saddle_points.walks import (
    Bundle,
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
        config: `units`; `samples`, `dimension`, `teacher`, `noise`, `decay` of the landscape
            (see `landscapes.tanh_net`); `starts`, `descents`, `steps` of the searches; `margin` (a
            minimum is suboptimal that lies so many half variances of the targets above the best
            known).
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
    net = tanh_net(config, rng)
    found = levels(net, config, rng)
    many = np.array([len(copies(point, net.units)) for point in found.points])
    saddle, trap = found.saddle, traps(found.losses, found.losses.min(), config)
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
    surface = linear_autoencoder(np.diag(sigma), p)
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
    x, sign = inputs(config, rng), rng.choice([-1.0, 1.0], config["samples"])
    rows = x * sign[:, None]
    surface = logistic(rows, config["decay"])
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
    nets = [tanh_net(config, rng) for _ in range(config["landscapes"])]
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
        trapped = traps(settled, best, config).mean()
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
    net = tanh_net(config, rng)
    found = levels(net, config, rng)
    alpha, batch, steps = config["alpha"], config["batch"], config["train_steps"]
    starts = ordinary(rng, config["runs"], net.units, net.inputs.shape[1])
    (runs,) = walks(net, [Bundle(starts, batch, alpha)], steps, rng)
    settled = net(minima(net, runs.ends, config["steps"]))[0]
    best = min(settled.min(), found.losses.min())
    high = found.saddle & traps(found.losses, best, config)
    if not high.any():
        return Outcome({"escaped": np.nan})
    chosen = spread(np.flatnonzero(high), config["saddles"])
    lows = spread(np.flatnonzero(~found.saddle), config["saddles"])
    curved = [steepest(net, found.points[k]) for k in chosen]
    ways = _ways(net, found.points[chosen], found.losses[chosen], starts, runs.ends, config, rng)
    top, curvature, downhill = found.points[chosen[-1]], *curved[-1]
    distances = np.array(config["distances"])
    downwards = found.points[chosen] + config["near"] * np.array([way for _, way in curved])
    others = {
        "steepest": Bundle(downwards, None, alpha),
        "law": Bundle(top + distances[:, None] * downhill, None, alpha),
        "small": Bundle(starts[:: config["small"]] / 100, batch, alpha),
        "low": Bundle(_beside(found.points[lows], config, rng), batch, alpha),
    }
    bundles = ways | others
    courses = dict(zip(bundles, walks(net, [*bundles.values()], steps, rng), strict=True))
    goals = found.losses[chosen] - config["drop"] * (found.losses[chosen] - best)
    waits = held_up({by: courses[by] for by in ways}, goals, config["beside"])
    waits |= held_up({"steepest": courses["steepest"]}, goals, 1, least=0.0)
    passed = np.array(
        [
            np.median(passage(runs.losses, level, goal))
            for level, goal in zip(found.losses[chosen], goals, strict=True)
        ]
    )
    waits["ordinary"] = passed, np.full(len(chosen), np.nan)
    kept = np.repeat(found.losses[lows], config["beside"])
    low = net(minima(net, courses["low"].ends, config["steps"]))[0]
    rate = first(courses["law"].losses, goals[-1]) * np.log1p(-alpha * curvature)
    plateau, met, approach = practice(net, found, high, runs, best, config)
    saddles = {
        "saddle": range(len(chosen)),
        "loss": found.losses[chosen],
        "index": found.indices[chosen],
        "curvature": [value for value, _ in curved],
    }
    return Outcome(
        {
            "held": float(np.median(waits["sgd"][0] / passed)),
            "apart": float(np.median(waits["elsewhere"][0] / passed)),
            "small": float(np.median(first(courses["small"].losses, goals[-1])) / passed[-1]),
            "left": float(np.mean(waits["sgd"][1])),
            "escaped": float((np.abs(low - kept) > APART).mean()),
            "plateau": plateau,
            "met": met,
            "rate": float(np.polyfit(-np.log(distances), rate, 1)[0]),
        },
        {
            "distance": Curve(range(len(rate)), rate.tolist()),
            "approach": Curve(range(len(approach)), approach),
        },
        tables={
            "waits": pd.concat(
                pd.DataFrame({**saddles, "by": by, "steps": lasted, "left": left})
                for by, (lasted, left) in waits.items()
            )
        },
    )


def _ways(
    net: TanhNet,
    saddles: Array,
    levels: Array,
    starts: Array,
    reached: Array,
    config: dict[str, Any],
    rng: np.random.Generator,
) -> dict[str, Bundle]:
    """By name: SGD, also with other batches, momentum and Adam beside saddles, SGD elsewhere."""
    alpha, batch, count = config["alpha"], config["batch"], config["beside"]
    near = _beside(saddles, config, rng)
    same = np.concatenate([same_loss(net, starts, reached, level, count) for level in levels])
    return {
        "sgd": Bundle(near, batch, alpha),
        "elsewhere": Bundle(around(rng, same, config["near"]), batch, alpha),
        **{f"batch_{n}": Bundle(near, n or None, alpha) for n in config["batches"]},
        "momentum": Bundle(near, batch, alpha, "momentum"),
        "adam": Bundle(near, batch, config["adam"], "adam"),
    }


def _beside(points: Array, config: dict[str, Any], rng: np.random.Generator) -> Array:
    """`beside` points near each of some, in the order of these."""
    return around(rng, np.repeat(points, config["beside"], axis=0), config["near"])
