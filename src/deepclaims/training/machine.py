"""What a training runs on: threads, device, precision, and a Lightning trainer without chatter."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment

from deepclaims.data.splits import Split, Splits
from deepclaims.errors import ConfigError
from deepclaims.training.denormals import denormals_as_zero
from deepclaims.training.ranks import local_rank
from deepclaims.training.settings import Machine

DTYPES = {32: torch.float32, 64: torch.float64, "bf16-mixed": torch.float32}
LIGHTNING_PRECISION = {32: "32-true", 64: "64-true", "bf16-mixed": "bf16-mixed"}


@contextmanager
def machine_state(machine: Machine) -> Iterator[None]:
    """Set torch's threads and determinism as `machine` says; put all back afterwards.

    On a CPU denormal numbers count as zero, see `denormals_as_zero`.

    The bits of a CPU result depend on the number of threads, hence it is a setting. Deterministic
    kernels have to be asked for on a GPU only.

    Raises:
        ConfigError: there is no such device here.
    """
    require_device(machine)
    threads = torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(machine.threads)
    if machine.accelerator == "gpu":
        # cuBLAS is deterministic only with a workspace of its own.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(machine.deterministic)
    try:
        cuda = range(torch.cuda.device_count()) if machine.accelerator == "gpu" else ()
        with torch.random.fork_rng(cuda), denormals_as_zero(), quiet():
            yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic)


def require_device(machine: Machine) -> None:
    """Refuse a machine that is not there.

    Raises:
        ConfigError: says what is missing and what to do.
    """
    if machine.accelerator != "gpu":
        return
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if found < machine.devices:
        raise ConfigError(
            f"trainer.accelerator=gpu asks for {machine.devices} CUDA device(s) and PyTorch "
            f"{torch.__version__} sees {found}: take trainer=cpu, or install a CUDA build of torch"
        )


def device_of(machine: Machine) -> torch.device:
    """Where one process of `machine` computes."""
    if machine.accelerator == "cpu":
        return torch.device("cpu")
    return torch.device("cuda", local_rank() or 0)


def in_precision(splits: Splits, dtype: torch.dtype) -> Splits:
    """The same data with its real numbers in `dtype`."""

    def cast(x: torch.Tensor) -> torch.Tensor:
        return x.to(dtype) if x.is_floating_point() else x

    def recast(split: Split) -> Split:
        return replace(split, inputs=tuple(map(cast, split.inputs)), targets=cast(split.targets))

    validation = None if splits.validation is None else recast(splits.validation)
    return replace(
        splits, train=recast(splits.train), validation=validation, test=recast(splits.test)
    )


def bare_trainer(
    machine: Machine, passes: int, callbacks: Sequence[pl.Callback] = ()
) -> pl.Trainer:
    """A Lightning trainer that only trains: no logger, bar, summary, sampler or checkpoint."""
    return pl.Trainer(
        accelerator=machine.accelerator,
        devices=machine.devices,
        strategy="ddp" if machine.strategy == "ddp" else "auto",
        precision=LIGHTNING_PRECISION[machine.precision],  # type: ignore[arg-type]
        max_epochs=passes,
        callbacks=list(callbacks),
        # Or else Lightning takes a Slurm job for one that it should split among tasks.
        plugins=[LightningEnvironment()],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Silence Lightning's remarks (devices found, tips, workers a DataLoader could have)."""
    loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning")]
    loggers += [logging.getLogger(f"pytorch_lightning.{part}") for part in _CHATTY]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"(pytorch_)?lightning.*")
            warnings.filterwarnings("ignore", module=r"torchmetrics.*")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


_CHATTY = ("utilities.rank_zero", "accelerators.cuda", "callbacks.model_summary")
