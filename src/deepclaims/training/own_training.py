"""The Lightning module of trainings with parts of one's own: chunked, or a step at a time.

Chunked, it is the package's loop. Step by step, every minibatch is one of Lightning's batches and
goes through its optimiser, so that callbacks and loggers see all their hooks, `callback_metrics`
and `global_step`; and so that an optimiser may evaluate the loss itself. Both give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from deepclaims.training.chunked import ChunkedTraining
from deepclaims.training.minibatches import Chunk
from deepclaims.training.own_rates import Rates


class OwnTraining(ChunkedTraining):
    """A `ChunkedTraining` with a scheduler of torch and, if asked for, all of Lightning's hooks.

    Args:
        stepwise: whether each minibatch is a batch of Lightning's.
        make_rates: makes the scheduler of an optimiser, or None.
        made: what `ChunkedTraining` takes.

    Attributes:
        rates: the scheduler, once there is an optimiser.
    """

    def __init__(
        self,
        *made: Any,
        stepwise: bool,
        make_rates: Callable[[Optimizer], Rates] | None,
        **named: Any,
    ) -> None:
        super().__init__(*made, **named)
        self.stepwise = stepwise
        self.make_rates = make_rates
        self.rates: Rates | None = None
        self._resumed: dict[str, Any] | None = None

    def configure_optimizers(self) -> Optimizer:
        """The optimiser, with its scheduler behind it."""
        optimizer = super().configure_optimizers()
        if self.make_rates is not None:
            self.rates = self.make_rates(optimizer)
            optimizer.register_step_post_hook(self.rates.after_step)
        return optimizer

    def on_train_start(self) -> None:
        """Take the scheduler up again, if the training is resumed."""
        super().on_train_start()
        if self._resumed is not None and self.rates is not None:
            self.rates.resume(self._resumed)

    def training_step(self, chunk: Chunk, batch_idx: int) -> None:
        """Train on each minibatch of `chunk`; tell Lightning their mean loss, if it asks."""
        super().training_step(chunk, batch_idx)
        if self.stepwise:
            self.log("train_loss", self.curves["train_loss"][-1][1], prog_bar=True, batch_size=1)

    def on_validation_epoch_end(self) -> None:
        """Note the scores of a validation, and tell them to the scheduler and to Lightning."""
        super().on_validation_epoch_end()
        if self.trainer.state.fn != "fit":
            return
        scores = self.scores["validation"].metrics("validation")
        if self.rates is not None:
            self.rates.after_validation(scores)
        if self.stepwise:
            self.log_dict(scores, prog_bar=True, batch_size=1)

    def _train_on(self, chunk: Chunk) -> list[Tensor]:
        if not self.stepwise:
            return super()._train_on(chunk)
        return [self._step(batch) for batch in chunk.batches]

    def _step(self, batch: Tensor) -> Tensor:
        """One step of the optimiser, through Lightning."""
        split = self.splits.train
        optimizer: Any = self.optimizers()
        inputs = tuple(source.index_select(0, batch) for source in split.inputs)
        if self.augment is not None:
            inputs = self.augment(inputs)
        wanted = self.objective.targets(split).index_select(0, batch)
        counts = None if self.weights is None else self.weights.index_select(0, batch)
        if self.factors is not None:
            for group in optimizer.param_groups:
                group["lr"] = group.setdefault("initial_lr", group["lr"]) * self.factors[self.steps]
        losses: list[Tensor] = []

        def closure() -> Tensor:
            optimizer.zero_grad()
            clean = self._disturb() if self.parameter_noise else None
            loss = self.objective.loss(self.model(*inputs), wanted, counts)
            self.manual_backward(loss)
            if clean is not None:
                for p, own in zip(self.model.parameters(), clean, strict=True):
                    p.data.copy_(own)
            if self.clip is not None:
                nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
            losses.append(loss.detach())
            return loss

        optimizer.step(closure=closure)
        self.steps += 1
        return losses[0]

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the scheduler, and torch's random states, from which layers of torch draw."""
        super().on_save_checkpoint(checkpoint)
        on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
        checkpoint["own"] = {
            "rates": None if self.rates is None else self.rates.state(),
            "random": [torch.get_rng_state(), *on_gpu],
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take it up again."""
        super().on_load_checkpoint(checkpoint)
        own = checkpoint["own"]
        self._resumed = own["rates"]
        first, *on_gpu = own["random"]
        torch.set_rng_state(first)
        if on_gpu:
            torch.cuda.set_rng_state_all(on_gpu)
