"""What is minimised and what is scored: classification, regression, reconstruction, tagging."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.splits import Split, Splits
from deepclaims.errors import ConfigError
from deepclaims.training.settings import Fit

IGNORED = -1
"""Target of a step that is neither learnt from nor scored."""


def cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """−log p of the true class, (n, classes) and (n,) -> scalar mean."""
    return F.cross_entropy(outputs, targets)


def squared_to_one_hot(outputs: Tensor, targets: Tensor) -> Tensor:
    """Squared distance of the outputs to the one-hot target, mean over samples and classes."""
    return F.mse_loss(outputs, one_hot(targets, outputs))


def one_hot(targets: Tensor, outputs: Tensor) -> Tensor:
    """1 at the true class and 0 elsewhere, like the outputs (…, classes), of targets (…)."""
    return torch.zeros_like(outputs).scatter_(-1, targets.unsqueeze(-1), 1.0)


LOSSES: Mapping[str, Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = MappingProxyType(
    {
        "classification": {"cross_entropy": cross_entropy, "squared": squared_to_one_hot},
        "regression": {"squared": F.mse_loss, "absolute": F.l1_loss},
        "reconstruction": {"squared": F.mse_loss, "absolute": F.l1_loss},
        "tagging": {"cross_entropy": cross_entropy},
    }
)
"""Losses of each task; the first is meant by `fit.loss: auto`."""


@dataclass(frozen=True)
class Joint:
    """β J_clas + (1 − β) J_ae, where the residuals x̂ − x come in columns after the answers.

    Args:
        beta: β of L1 "Regularizador: Opción 3", in [0, 1].
        answers: columns that are answers.
    """

    beta: float
    answers: int

    def parts(self, outputs: Tensor) -> tuple[Tensor, Tensor] | None:
        """Answers and residuals; None where there are answers alone, as in evaluation."""
        if outputs.shape[-1] == self.answers:
            return None
        return outputs[..., : self.answers], outputs[..., self.answers :]

    def weighed(self, classification: Tensor, reconstruction: Tensor) -> Tensor:
        """β J_clas + (1 − β) J_ae."""
        return self.beta * classification + (1 - self.beta) * reconstruction


@dataclass(frozen=True)
class Objective:
    """The loss of a task and how it is applied to a batch.

    Args:
        task: classification, regression, reconstruction or tagging.
        function: mean loss of a batch.
        class_weights: (classes,) how much a sample of each class counts, or None.
        record_cap: samples of a weighed class that one record may count for; see `weights`.
        joint: what is minimised beside it, or None.
    """

    task: str
    function: Callable[[Tensor, Tensor], Tensor]
    class_weights: tuple[float, ...] | None = None
    record_cap: int | None = None
    joint: Joint | None = None

    @property
    def counts_errors(self) -> bool:
        """Whether a score is a share of wrong answers, or a squared distance."""
        return self.task in ("classification", "tagging")

    def targets(self, split: Split) -> Tensor:
        """What the outputs are compared with."""
        return split.inputs[0] if self.task == "reconstruction" else split.targets

    def weights(self, split: Split) -> Tensor | None:
        """How much each target counts, in the shape of the targets; None where all count alike.

        A sample counts as its class does. Where a class counts more than once (weight > 1), a
        record with n > `record_cap` samples of it counts as √(record_cap · n) of them would: or
        else one ill patient is the class.
        """
        if self.class_weights is None:
            return None
        by_class = torch.tensor(self.class_weights)
        weights = by_class[split.targets.clamp(min=0)]
        weights[split.targets == IGNORED] = 0
        if self.record_cap is not None and split.groups is not None:
            for group in split.groups.unique():
                rows = split.groups == group
                for label in torch.nonzero(by_class > 1).flatten():
                    here = rows.view(-1, *[1] * (weights.ndim - 1)) & (split.targets == label)
                    count = max(1, int(here.sum()))
                    weights[here] *= min(1.0, (self.record_cap / count) ** 0.5)
        return weights

    def mass(self, targets: Tensor, weights: Tensor | None) -> Tensor:
        """What a batch's loss is divided by: the number, or the weight, of its targets."""
        if weights is not None:
            return weights.sum()
        return (targets != IGNORED).sum() if self.task == "tagging" else torch.tensor(len(targets))

    def metrics(self, split: str, loss: float, score: float, count: float) -> dict[str, float]:
        """Means by their names, from sums over `count` targets."""
        name = "error" if self.counts_errors else "mse"
        return {f"{split}_loss": loss / count, f"{split}_{name}": score / count}

    def loss(self, outputs: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
        """The loss of a batch.

        Args:
            outputs: of the network, (n, …).
            targets: in the shape the task asks for.
            weights: how much each target counts; the mean is weighted by it.
        """
        if self.joint and (parts := self.joint.parts(outputs)):
            answers, residuals = parts
            return self.joint.weighed(
                self.loss(answers, targets, weights), residuals.square().mean()
            )
        if self.task == "regression":
            outputs = outputs.view_as(targets)
        if self.task == "tagging" or weights is not None:
            return weighted_cross_entropy(outputs, targets, weights)
        return self.function(outputs, targets)

    def losses(self, outputs: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
        """`loss` of each of R replicas, (R,); everything has them as its first axis."""
        if self.joint and (parts := self.joint.parts(outputs)):
            answers, residuals = parts
            return self.joint.weighed(
                self.losses(answers, targets, weights), residuals.square().flatten(1).mean(1)
            )
        if self.function in (F.mse_loss, squared_to_one_hot) and weights is None:
            if self.function is squared_to_one_hot:
                targets = one_hot(targets, outputs)
            return (outputs.reshape(targets.shape) - targets).square().flatten(1).mean(1)
        if not (self.function is cross_entropy or weights is not None):
            return torch.vmap(self.loss)(outputs, targets)
        flat = targets.flatten(1)
        each = cross_entropies(outputs.flatten(1, -2), flat)
        if self.task != "tagging" and weights is None:
            return each.mean(1)
        w = (flat != IGNORED).to(each.dtype) if weights is None else weights.flatten(1)
        return (w * each).sum(1) / w.sum(1).clamp(min=torch.finfo(w.dtype).tiny)

    def slopes(
        self, outputs: Tensor, targets: Tensor, weights: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """`losses`, and the gradient of each along its own outputs, in their shape."""
        if self.joint and (parts := self.joint.parts(outputs)):
            return self._joint_slopes(self.joint, outputs, *parts, targets, weights)
        if weights is None:
            if self.function is F.mse_loss:
                return _squared_slopes(outputs, targets)
            if self.function is squared_to_one_hot:
                return _squared_slopes(outputs, one_hot(targets, outputs))
        if self.task == "classification" and outputs.device.type == "cpu":
            if weights is not None:  # which are 0 where a target is ignored
                return weighted_slopes(outputs, targets, weights)
            if targets.min() > IGNORED:
                return cross_entropy_slopes(outputs, targets)
        leaf = outputs.detach().requires_grad_()
        losses = self.losses(leaf, targets, weights)
        (slope,) = torch.autograd.grad(losses.sum(), leaf)
        return losses.detach(), slope

    def _joint_slopes(
        self,
        joint: Joint,
        outputs: Tensor,
        answers: Tensor,
        residuals: Tensor,
        targets: Tensor,
        weights: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """Of β J_clas + (1 − β) mean r²: β ∂J_clas beside 2 (1 − β) r / n."""
        classification, of_answers = self.slopes(answers, targets, weights)
        squares = residuals.square().flatten(1).mean(1)
        slope = outputs * (2 * (1 - joint.beta) / residuals[0].numel())
        slope[..., : joint.answers] = of_answers * joint.beta
        return joint.weighed(classification, squares), slope


def _squared_slopes(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Of the mean of (o − t)²: 2 (o − t) / n."""
    rest = outputs - targets.view(outputs.shape)
    each = rest.flatten(1)
    return each.square().mean(1), rest.mul_(2 / each.shape[1])


def cross_entropy_slopes(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Of −log p's mean over samples: (p − one-hot) / n; (R, n, classes) and (R, n)."""
    log_p, true = _log_p(outputs), targets[:, None]
    losses = -log_p.gather(1, true)[:, 0].mean(1)
    return losses, _less_one_hot(log_p, true).div_(targets.shape[1]).mT.contiguous()


def cross_entropy_backward(targets: Tensor) -> Callable[[Tensor], Tensor]:
    """`cross_entropy_slopes` without the losses, where a way back starts.

    Args:
        targets: (n,) of all nets, or (R, n).

    Returns:
        From outputs (R, n, classes) to the gradient of each net's loss along its own.
    """

    def slope(outputs: Tensor) -> Tensor:
        true = targets.expand(outputs.shape[:-1])[:, None]
        rest = _less_one_hot(_log_p(outputs), true)
        return rest.div_(outputs.shape[1]).mT.contiguous()

    return slope


def weighted_slopes(outputs: Tensor, targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Of Σ w · (−log p) / Σ w: w (p − one-hot) / Σ w; (R, n, classes), (R, n) and (R, n)."""
    log_p, true = _log_p(outputs), targets.clamp(min=0)[:, None]
    share = weights / weights.sum(1, keepdim=True).clamp(min=torch.finfo(weights.dtype).tiny)
    losses = -(log_p.gather(1, true)[:, 0] * share).sum(1)
    return losses, _less_one_hot(log_p, true).mul_(share[:, None]).mT.contiguous()


def _log_p(outputs: Tensor) -> Tensor:
    """Classes before samples, as in `cross_entropies`: (R, n, classes) -> (R, classes, n)."""
    return outputs.mT.contiguous().log_softmax(1)


def _less_one_hot(log_p: Tensor, true: Tensor) -> Tensor:
    """Write p − one-hot over log p, (R, classes, n), of true classes (R, 1, n)."""
    return log_p.exp_().scatter_(1, true, -1.0, reduce="add")


def cross_entropies(outputs: Tensor, targets: Tensor) -> Tensor:
    """−log p of each target: (R, n, classes) and (R, n) -> (R, n); 0 where it is `IGNORED`."""
    if outputs.device.type == "cpu":
        # Classes before samples: log-softmax down columns is several times faster than along rows.
        by_class = outputs.mT.contiguous()
        return F.cross_entropy(by_class, targets, ignore_index=IGNORED, reduction="none")
    # On a GPU rows are as fast, and that layout has no deterministic kernel.
    rows, flat = outputs.flatten(0, 1), targets.flatten()
    losses = F.cross_entropy(rows, flat, ignore_index=IGNORED, reduction="none")
    return losses.view_as(targets)


def weighted_cross_entropy(outputs: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
    """Σ w · (−log p) / Σ w over the targets that are not `IGNORED`; 0 if there are none."""
    flat = targets.flatten()
    losses = F.cross_entropy(outputs.flatten(0, -2), flat, ignore_index=IGNORED, reduction="none")
    w = (flat != IGNORED).to(losses.dtype) if weights is None else weights.flatten()
    return (w * losses).sum() / w.sum().clamp(min=torch.finfo(w.dtype).tiny)


def choose_objective(
    fit: Fit, splits: Splits, *, reconstructs: bool, beta: float | None = None
) -> Objective:
    """The objective that fits data and model.

    Args:
        fit: its `loss`, `class_weights` and `record_cap`.
        splits: the data.
        reconstructs: whether the model gives back its input.
        beta: weight of this objective beside a reconstruction's, or None where there is none.

    Raises:
        ConfigError: a loss the task has not, or weights that do not fit the classes.
    """
    task = "reconstruction" if reconstructs else splits.task
    losses = LOSSES[task]
    name = next(iter(losses)) if fit.loss == "auto" else fit.loss
    if name not in losses:
        raise ConfigError(f"fit.loss={name} is not possible for {task}; known: {', '.join(losses)}")
    weights = _read_weights(fit.class_weights, task, name, splits.outputs)
    joint = None if beta is None else Joint(beta, splits.outputs)
    return Objective(task, losses[name], weights, fit.record_cap, joint)


def _read_weights(
    weights: Sequence[float] | None, task: str, loss: str, classes: int
) -> tuple[float, ...] | None:
    if weights is None:
        return None
    if loss != "cross_entropy" or len(weights) != classes or min(weights) < 0:
        raise ConfigError(
            f"fit.class_weights={list(weights)} needs fit.loss=cross_entropy and one number >= 0 "
            f"for each class; this is {task} with loss {loss} and {classes} outputs"
        )
    return tuple(float(w) for w in weights)
