"""Module and data for a Lightning trainer of one's own: one minibatch a step, nothing unusual.

The same networks, losses, optimisers and data as `train`, without its chunked loop, its streams of
seeds and its cache: two runs agree in distribution, and not to the bit, with `deepclaims train`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset

from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Split, Splits
from deepclaims.errors import ConfigError
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import draw_noise_from
from deepclaims.training.augmentation import build_augment
from deepclaims.training.minibatches import Plan
from deepclaims.training.objectives import IGNORED, choose_objective
from deepclaims.training.own_parts import network, optimizer_maker
from deepclaims.training.own_rates import MONITOR, factors_of, is_torchs, rates_of
from deepclaims.training.replica import beta_of
from deepclaims.training.settings import Settings
from deepclaims.training.streams import NOISE, WEIGHTS, stream


class Data(pl.LightningDataModule):
    """The data of a config as dataloaders.

    Args:
        config: a composed training config.
        seed: draws what the data set draws, and the order of the samples.
        num_workers: of each dataloader; 0 is fastest for data in memory.

    Attributes:
        splits: the tensors.
    """

    def __init__(self, config: Mapping[str, Any], seed: int = 0, num_workers: int = 0) -> None:
        super().__init__()
        settings = Settings.read(config)
        self.splits = load(settings.data, seed, folder_of(settings.data))
        size = settings.fit.batch_size
        self.batch_size = len(self.splits.train) if size == "full" else int(size)
        self.seed = seed
        self.num_workers = num_workers

    def train_dataloader(self) -> DataLoader:
        """Minibatches (inputs…, targets), shuffled by the seed."""
        generator = torch.Generator().manual_seed(self.seed)
        return self._loader(self.splits.train, shuffle=True, generator=generator)

    def val_dataloader(self) -> DataLoader | list[Any]:
        """The validation split; nothing where there is none."""
        held_out = self.splits.validation
        return [] if held_out is None else self._loader(held_out)

    def test_dataloader(self) -> DataLoader:
        """The test split."""
        return self._loader(self.splits.test)

    def predict_dataloader(self) -> DataLoader:
        """The test split."""
        return self._loader(self.splits.test)

    def _loader(self, split: Split, **named: Any) -> DataLoader:
        samples = TensorDataset(*split.inputs, split.targets)
        return DataLoader(samples, self.batch_size, num_workers=self.num_workers, **named)


class Module(pl.LightningModule):
    """The network of a config with its loss, optimiser and schedule, optimised by Lightning.

    It logs `train_loss`, and `validation_loss`, `test_loss` with `…_error`, or `…_mse`.

    Args:
        config: a composed training config.
        splits: the data, for their shapes and task.
        seed: draws weights, noise and augmentation.

    Raises:
        ConfigError: what only the chunked loop has.
    """

    def __init__(self, config: Mapping[str, Any], splits: Splits, seed: int = 0) -> None:
        super().__init__()
        self.settings = settings = Settings.read(config)
        own = settings.regulariser
        if own.parameter_noise or own.autoencoder in ("codes", "reconstructions"):
            raise ConfigError(
                "regularizer.parameter_noise, and an autoencoder before the classifier, are the "
                "chunked loop's: take deepclaims train"
            )
        interface = Interface(splits.input_shapes, splits.outputs, splits.task == "tagging")
        self.network = network(settings, interface, stream(seed, WEIGHTS))
        noise = stream(seed, NOISE)
        draw_noise_from(self.network, noise)
        self.augment = build_augment(settings.augment, noise, own.input_noise)
        reconstructs = hasattr(self.network, "reconstructs")
        self.objective = choose_objective(
            settings.fit, splits, reconstructs=reconstructs, beta=beta_of(settings)
        )
        self.samples = len(splits.train)
        if settings.fit.class_weights is not None:
            raise ConfigError("fit.class_weights are the chunked loop's: take deepclaims train")

    def forward(self, *inputs: Tensor) -> Tensor:
        """Outputs of the network."""
        outputs: Tensor = self.network(*inputs)
        return outputs

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        """The loss of a minibatch."""
        *inputs, targets = batch
        seen = tuple(inputs) if self.augment is None else self.augment(tuple(inputs))
        wanted = inputs[0] if self.objective.task == "reconstruction" else targets
        loss = self.objective.loss(self(*seen), wanted)
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: list[Tensor], batch_idx: int) -> None:
        """Score a minibatch of the validation split."""
        self._score(batch, "validation")

    def test_step(self, batch: list[Tensor], batch_idx: int) -> None:
        """Score a minibatch of the test split."""
        self._score(batch, "test")

    def predict_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        """Outputs for a minibatch."""
        return self(*batch[:-1])

    def configure_optimizers(self) -> Any:
        """The optimiser of the config, with its schedule."""
        optimizer = optimizer_maker(self.settings)(self)
        steps = int(self.trainer.estimated_stepping_batches)
        epochs = max(1, self.trainer.max_epochs or 1)
        size = -(-self.samples * epochs // max(1, steps))
        plan = Plan(self.samples, max(1, size), steps, 1, 1)
        schedule = self.settings.schedule
        if is_torchs(schedule):
            rates = rates_of(schedule, optimizer, plan)
            interval = "step" if rates.every == 1 else "epoch"
            monitor = str(schedule.get("monitor", MONITOR))
            said = {"scheduler": rates.scheduler, "interval": interval, "monitor": monitor}
            return {"optimizer": optimizer, "lr_scheduler": said}
        factors = factors_of(schedule, plan)
        if factors is None:
            return optimizer
        rate = LambdaLR(optimizer, lambda t: factors[min(t, len(factors) - 1)])
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": rate, "interval": "step"}}

    def _score(self, batch: list[Tensor], split: str) -> None:
        *inputs, targets = batch
        wanted = inputs[0] if self.objective.task == "reconstruction" else targets
        outputs = self(*inputs)
        loss = self.objective.loss(outputs, wanted)
        if self.objective.counts_errors:
            known = wanted != IGNORED
            count = int(known.sum())
            score = ((outputs.argmax(-1) != wanted) & known).sum() / max(1, count)
            name = "error"
        else:
            count, name = len(wanted), "mse"
            score = (outputs.view_as(wanted) - wanted).square().mean()
        if count:
            self.log(f"{split}_loss", loss, batch_size=count, on_epoch=True, prog_bar=True)
            self.log(f"{split}_{name}", score, batch_size=count, on_epoch=True, prog_bar=True)
