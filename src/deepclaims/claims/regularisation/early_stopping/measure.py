"""One training to its end, and where early stopping would have ended it."""

from __future__ import annotations

from typing import Any

import torch

from deepclaims.claims.regularisation import digit_nets
from deepclaims.claims.regularisation.digit_nets import Images, Learning
from deepclaims.claims.tuning import is_choosing
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.training.early_stopping import Patience
from deepclaims.training.stack import Weights

MONITORS = ("validation_error", "validation_loss")


class Stopping(Patience):
    """Early stopping beside a training that goes on: where it would go back to, and when it stops.

    Attributes:
        weights: those of the best look before it stopped.
        stopped: the look at which it would have stopped; None: never.
    """

    weights: Weights
    stopped: int | None = None

    def see(self, at: int, curves: dict[str, list[tuple[int, float]]], weights: Weights) -> None:
        """Take note of a look."""
        if self.stopped is not None:
            return
        if self.is_better(curves):
            self.weights = {name: w.detach().clone() for name, w in weights.items()}
        elif self.exhausted:
            self.stopped = at


def training(config: dict[str, Any], seed: int) -> Outcome:
    """A perceptron on digits, looked at after every so many steps.

    Args:
        config: `data`; `label_noise` of train and validation; `images`, the sizes of train,
            validation and test; `watched`, how many of the test images make its curve; `width`,
            `rate`, `batch`, `looks`, `every` and `patience` (in looks).
        seed: draws the images, the wrong labels, the weights and the batches.

    Returns:
        Errors, in per cent, of validation, train, `true` (train against the true labels) and test,
        and `cost` of train, at the `…_end` of the training, where validation error stops it,
        `…_stop`, and where validation loss does, `…_by_loss`; `looks_stop`, the share of the looks
        after which it stopped;
        `regret_stop` and `regret_end`, of the validation error against its lowest of the whole
        training; `oracle_stop`, the same for the test error of the curve; `best_stop`, whether the
        regret is none. Curves `validation`, `train` and `test` over looks. Seeds that choose score
        no test images.
    """
    train, validation, test = digit_nets.slices(
        config["data"], config["label_noise"], config["images"], seed
    )
    watched = None if is_choosing(config) else test.first(config["watched"])
    generator = torch.Generator().manual_seed(seed)
    rules = {name: Stopping(config["patience"], name) for name in MONITORS}
    seen = (*MONITORS, "train") if watched is None else (*MONITORS, "train", "test")
    curves: dict[str, list[tuple[int, float]]] = {name: [] for name in seen}
    last: Weights = {}

    def look(t: int, w: Weights) -> None:
        if not t:
            return
        at = t // config["every"]
        for name, value in (
            ("validation_error", _error(w, validation)),
            ("validation_loss", _cost(w, validation)),
            ("train", _error(w, train)),
        ):
            curves[name].append((at, value))
        if watched is not None:
            curves["test"].append((at, _error(w, watched, true=True)))
        for rule in rules.values():
            rule.see(at, curves, w)
        last.update(w)

    learning = Learning(
        config["rate"], config["every"] * config["looks"], config["batch"], config["every"]
    )
    learning.learn(
        digit_nets.start(1, train.x.shape[1], config["width"], generator),
        train,
        generator,
        look,
    )
    by_error, by_loss = (rules[name] for name in MONITORS)
    found: dict[str, float] = {}
    for where, w in (("end", last), ("stop", by_error.weights), ("by_loss", by_loss.weights)):
        found |= {
            f"validation_{where}": _error(w, validation),
            f"train_{where}": _error(w, train),
            f"true_{where}": _error(w, train, true=True),
            f"cost_{where}": _cost(w, train),
        }
        if watched is not None:
            found[f"test_{where}"] = _error(w, test, true=True)
    over_validation = [error for _, error in curves["validation_error"]]
    regret = by_error.best - min(over_validation)
    stopped = config["looks"] if by_error.stopped is None else by_error.stopped
    found |= {
        "looks_stop": stopped / config["looks"],
        "regret_stop": regret,
        "regret_end": over_validation[-1] - min(over_validation),
        "best_stop": float(regret == 0),
    }
    names = {"validation": "validation_error", "train": "train"}
    if watched is not None:
        over_test = [error for _, error in curves["test"]]
        found["oracle_stop"] = over_test[by_error.best_step - 1] - min(over_test)
        names["test"] = "test"
    return Outcome(
        found,
        {
            name: Curve([at for at, _ in curves[own]], [value for _, value in curves[own]])
            for name, own in names.items()
        },
    )


@torch.no_grad()
def _error(w: Weights, images: Images, *, true: bool = False) -> float:
    """Per cent of the images that the one net of a stack errs on."""
    labels = images.true if true else images.given
    wrong = digit_nets.outputs(w, images.x)[0].argmax(-1) != labels
    return 100 * float(wrong.double().mean())


@torch.no_grad()
def _cost(w: Weights, images: Images) -> float:
    return float(digit_nets.cross_entropy(digit_nets.outputs(w, images.x), images.given))
