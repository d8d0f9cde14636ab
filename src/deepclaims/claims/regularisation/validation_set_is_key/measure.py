"""Regularisations to choose from, chosen on train, on validation or on test, many times over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from deepclaims.claims.regularisation import digit_nets
from deepclaims.claims.regularisation.digit_nets import Learning
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.training.stack import Weights


def choosing(config: dict[str, Any], seed: int) -> Outcome:
    """Train every candidate on the same images, then choose among them on sets of many sizes.

    Candidates are the net with each λ, with each p_keep, and the one with neither at each look.

    Args:
        config: `data`, `label_noise`, `train` and `pool` (images), `width`, `rate`, `batch`,
            `looks`, `every` (steps between them), `decay` (all λ, the first being 0), `keep` (all
            p_keep, the first being 1), `sizes` of the sets that choose, `repeats`, and `kinds`, the
            families to choose from: decay, keep, stop, or all of them together.
        seed: draws the images, wrong labels, weights and batches, and the sets.

    Returns:
        Of each kind, all in percentage points: metrics `<kind>_train_true`, the error on the pool
        of what training error chooses, and `<kind>_train_optimism`, that less its training error;
        `<kind>_best`, the lowest error of a candidate on the pool. Curves over the size of the set
        that chooses, means of the repeats: `<kind>_true`, the error on images that neither trained
        nor chose; `<kind>_reused`, that less the error on the set that chose; `<kind>_fresh`, that
        less the error on another set of that size; `<kind>_single`, the optimism without a choice;
        `<kind>_theory`, `reused` if errors on a set were normal.
    """
    rng = np.random.default_rng(seed)
    wrong, train = candidates(config, seed)
    kinds = {kind: members(config, kind) for kind in config["kinds"]}
    metrics: dict[str, float] = {}
    for kind, rows in kinds.items():
        own, truth = train[rows], 100 * wrong[rows].mean(1)
        by_train = np.lexsort(own.T[::-1])[0]
        metrics |= {
            f"{kind}_train_true": float(truth[by_train]),
            f"{kind}_train_optimism": float(truth[by_train] - own[by_train, 0]),
            f"{kind}_best": float(truth.min()),
        }
    sizes = config["sizes"]
    found = chosen(wrong, kinds, sizes, config["repeats"], rng)
    for kind, rows in kinds.items():
        found[f"{kind}_theory"] = optimism(wrong[rows], sizes, rng)
    return Outcome(metrics, {name: Curve(sizes, values) for name, values in found.items()})


def candidates(config: dict[str, Any], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether each candidate errs on each image of the pool, (candidates, pool), and on train.

    Returns:
        The former, and training error in per cent beside training cost, (candidates, 2). Without
        regularisation at the end first, then each other λ, each other p_keep, each earlier look.
    """
    train, pool = digit_nets.slices(
        config["data"], config["label_noise"], [config["train"], config["pool"]], seed
    )
    decay, keep = config["decay"], config["keep"]
    strengths = [*decay, *[0.0] * (len(keep) - 1)], [*[1.0] * len(decay), *keep[1:]]
    lambdas, kept = map(torch.tensor, strengths)
    generator = torch.Generator().manual_seed(seed)
    steps = config["looks"] * config["every"]
    wrong, fit, early = [], [], []  # type: ignore[var-annotated]

    @torch.no_grad()
    def look(t: int, w: Weights) -> None:
        if not t:
            return
        seen = w if t == steps else {name: each[:1] for name, each in w.items()}
        logits = digit_nets.outputs(seen, train.x)
        error = 100 * (logits.argmax(-1) != train.given).double().mean(1)
        cost = digit_nets.cross_entropy(logits, train.given)
        place = (wrong, fit) if t == steps else (early, earlier)
        place[0].append((digit_nets.outputs(seen, pool.x).argmax(-1) != pool.given).numpy())
        place[1].append(torch.stack([error, cost], 1).numpy())

    earlier: list[np.ndarray] = []
    learning = Learning(config["rate"], steps, config["batch"], config["every"], lambdas, kept)
    weights = digit_nets.start(len(kept), train.x.shape[1], config["width"], generator)
    learning.learn(weights, train, generator, look)
    return np.concatenate([*wrong, *early]), np.concatenate([*fit, *earlier])


def members(config: dict[str, Any], kind: str) -> list[int]:
    """The candidates of a kind; the net without regularisation is of all of them."""
    sizes = {
        "decay": len(config["decay"]) - 1,
        "keep": len(config["keep"]) - 1,
        "stop": config["looks"] - 1,
    }
    if kind == "all":
        return list(range(1 + sum(sizes.values())))
    before = 1 + sum(list(sizes.values())[: list(sizes).index(kind)])
    return [0, *range(before, before + sizes[kind])]


def chosen(
    wrong: np.ndarray,
    kinds: Mapping[str, Sequence[int]],
    sizes: Sequence[int],
    repeats: int,
    rng: np.random.Generator,
) -> dict[str, list[float]]:
    """What choosing on sets drawn from the pool gives, a value a size, in the mean of the draws.

    Args:
        wrong: whether a candidate errs, (candidates, pool).
        kinds: by name, the candidates to choose from.
        sizes: of the set that chooses, and of the other set; less than half the pool.
        repeats: how many draws.
        rng: draws them.

    Returns:
        By `<kind>_<name>`; see `choosing`.
    """
    count = wrong.shape[1]
    ends = sorted({0, count, *sizes, *(2 * size for size in sizes)})
    names = ("true", "reused", "fresh", "single")
    found = np.empty((len(kinds), len(names), len(sizes), repeats))
    for repeat in range(repeats):
        parts = np.add.reduceat(wrong[:, rng.permutation(count)], ends[:-1], axis=1, dtype=int)
        errors = dict(zip(ends[1:], parts.cumsum(1).T, strict=True))  # up to each end
        for at, size in enumerate(sizes):
            once, twice, all_of_them = errors[size], errors[2 * size], errors[count]
            on, other = 100 * once / size, 100 * (twice - once) / size
            rest = 100 * (all_of_them - twice) / (count - 2 * size)
            for row, members in enumerate(kinds.values()):
                best = members[on[members].argmin()]
                optimism = rest[best] - on[best]
                single = (rest - on)[members].mean()
                found[row, :, at, repeat] = rest[best], optimism, rest[best] - other[best], single
    means = found.mean(-1).tolist()
    return {
        f"{kind}_{name}": values
        for kind, own in zip(kinds, means, strict=True)
        for name, values in zip(names, own, strict=True)
    }


def optimism(
    wrong: np.ndarray, sizes: Sequence[int], rng: np.random.Generator, draws: int = 4000
) -> list[float]:
    """How much too good the best of normal errors looks: those on a set of each size.

    What they are off on the set, they are off the other way on the rest, whence the last factor.
    """
    errors = 100.0 * wrong
    count, truth = errors.shape[1], errors.mean(1)
    normal = rng.multivariate_normal(0 * truth, np.cov(errors), draws, method="eigh")
    found = []
    for size in sizes:
        off = normal * np.sqrt(1 / size - 1 / count)
        best = (truth + off).argmin(1)
        found.append(float(-off[np.arange(draws), best].mean() * count / (count - size)))
    return found
