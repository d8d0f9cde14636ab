"""What a step costs alone and in a stack: a model in microseconds, from the shapes of a config.

The constants are least-squares fits to timings of 17 perceptrons and 15 other nets on one thread
of a shared EPYC (November 2026; `benchmarks/replicas.py` times the choices that follow from them).
Only ratios matter, and those move little from one CPU to another: what a stack saves is the time
to start small operations, what it loses is the cache and the fused update. A constant model and
not a timing, so that the same configs are stacked wherever and whenever they are run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from deepclaims.data import drawn_by_seed
from deepclaims.nn.budget import widest
from deepclaims.training.settings import Settings

SETUP, SETUP_IN_STACK = 15_000.0, 700.0
"""Microseconds before the first step: of a training, and of each replica in a stack."""

CACHED = 2**18
"""Numbers of one layer of all a stack's networks, beyond which its products leave the cache."""

RESIDENT = 2**28
"""Numbers in the training data of all replicas, where each has its own (1 GB)."""

ECG_TRAINING_SECONDS = 19_860.0
"""Of the eleven records that `ecg_segments` trains on."""


@dataclass(frozen=True)
class Shape:
    """What decides the cost of a step of some data.

    Args:
        features: numbers in a sample.
        rows: steps of it, where it is read as a sequence.
        outputs: numbers that come out.
        samples: in the training set.
    """

    features: int
    rows: int
    outputs: int
    samples: int


@dataclass(frozen=True)
class Cost:
    """Microseconds of a training.

    Args:
        steps: how many.
        alone: a step alone.
        fixed: a step of a stack, whatever its size.
        each: what a replica adds to that.
        largest: parameters in a network's largest layer.
        data: numbers in training data that are its own.
    """

    steps: int
    alone: float
    fixed: float
    each: float
    largest: int
    data: int

    @property
    def most(self) -> int:
        """Replicas beyond which a stack does not get faster, or too big."""
        return max(1, min(CACHED // self.largest, RESIDENT // self.data))

    @property
    def gain(self) -> float:
        """How many times faster a step of a full stack is than its replicas' one after another."""
        return self.alone / (self.fixed / max(self.most, 2) + self.each)

    def of(self, replicas: int, *, stacked: bool) -> float:
        """The whole training of so many replicas, one after another or in one stack."""
        if not stacked:
            return replicas * (SETUP + self.steps * self.alone)
        step = self.fixed + max(replicas, 2) * self.each
        return SETUP + replicas * SETUP_IN_STACK + self.steps * step


def cost_of(settings: Settings) -> Cost | None:
    """The cost of a training on a CPU; None where the model does not know it."""
    shape = _shape(settings.data)
    model = _MODELS.get(str(settings.model.get("name")))
    if shape is None or model is None:
        return None
    fit, regulariser = settings.fit, settings.regulariser
    batch = shape.samples if fit.batch_size == "full" else min(int(fit.batch_size), shape.samples)
    steps = fit.epochs * -(-shape.samples // batch) if fit.steps is None else fit.steps
    alone, fixed, each, parameters, largest, layers = model(settings.model, shape, batch)
    # Masks and augmentation are drawn replica by replica, stacked or not.
    drawn = 12.0 * layers * (regulariser.p_keep < 1) + 12.0 * (regulariser.p_keep_input < 1)
    drawn += 12.0 * layers * (regulariser.hidden_noise > 0)
    drawn += 0.005 * parameters * (regulariser.parameter_noise > 0)
    drawn += 12.0 * (regulariser.input_noise > 0)
    drawn += 0.0 if settings.augment.get("name") == "none" else 90.0
    # What does not depend on the seed is in memory once for all replicas.
    data = shape.features * shape.samples if drawn_by_seed(settings.data) else 1
    return Cost(steps, alone + drawn, fixed, each + drawn, largest, data)


def samples_of(data: Mapping[str, Any]) -> int | None:
    """How many samples the training set of a `data` group has; None where it is not known."""
    shape = _shape(data)
    return None if shape is None else shape.samples


Parts = tuple[float, float, float, int, int, int]
"""Alone, fixed, each; parameters, those of the largest layer; layers that dropout follows."""


def _dense(sizes: Sequence[int], batch: int) -> Parts:
    layers = len(sizes) - 1
    matrices = [(d_in + 1) * d_out for d_in, d_out in pairwise(sizes)]
    parameters = sum(matrices)
    multiplications = 6e-3 * batch * parameters  # thousands, forwards and back
    units = 1e-3 * batch * sum(sizes)
    alone = 44 + 33 * layers + 0.0027 * multiplications + 0.83e-3 * parameters + 3.4 * units
    each = 0.0089 * multiplications + 1.75 * units
    return alone, 103 + 49 * layers, each, parameters, max(matrices), layers - 1


def _perceptron(model: Mapping[str, Any], shape: Shape, batch: int) -> Parts:
    hidden = [int(model.get("width", 128))] * int(model.get("depth", 2))
    return _dense([shape.features, *hidden, shape.outputs], batch)


def _budgeted(model: Mapping[str, Any], shape: Shape, batch: int) -> Parts:
    depth, parameters = int(model.get("depth", 1)), int(model.get("parameters", 12_000))
    width = widest(shape.features, depth, shape.outputs, parameters)
    return _dense([shape.features, *[width] * depth, shape.outputs], batch)


def _autoencoder(model: Mapping[str, Any], shape: Shape, batch: int) -> Parts:
    hidden = [int(model.get("width", 128))] * int(model.get("depth", 1))
    code = int(model.get("code", 32))
    return _dense([shape.features, *hidden, code, *hidden, shape.features], batch)


def _lenet(model: Mapping[str, Any], shape: Shape, batch: int) -> Parts:
    images = batch * shape.features / 784
    return 400 + 45 * images, 500.0, 100 + 60 * images, 60_074, 48_120, 2


def _recurrent(model: Mapping[str, Any], shape: Shape, batch: int, gates: int) -> Parts:
    width, layers = int(model.get("width", 64)), int(model.get("layers", 1))
    ways = layers * (2 if model.get("bidirectional") else 1)
    read = shape.features // shape.rows
    way = gates * width * (read + width + 2)
    parameters = ways * way + (width + 1) * shape.outputs
    multiplications = 6e-3 * batch * gates * width * (read + width)
    units = 1e-3 * batch * width
    if gates == 4:
        alone = 15 + 0.005 * multiplications + 5 * units
        fixed, each = 87.0, 0.0089 * multiplications + 45 * units
    else:
        alone = 25 + 0.005 * multiplications + 10 * units
        fixed, each = 41.0, 0.0089 * multiplications + 12 * units
    steps = ways * shape.rows
    return 100 + steps * alone, 100 + steps * fixed, steps * each, parameters, way, 1


def _lstm(model: Mapping[str, Any], shape: Shape, batch: int) -> Parts:
    return _recurrent(model, shape, batch, 4)


def _rnn(model: Mapping[str, Any], shape: Shape, batch: int) -> Parts:
    return _recurrent(model, shape, batch, 1)


_MODELS: Mapping[str, Callable[[Mapping[str, Any], Shape, int], Parts]] = MappingProxyType(
    {
        "mlp": _perceptron,
        "budgeted_mlp": _budgeted,
        "autoencoder": _autoencoder,
        "lenet": _lenet,
        "lstm": _lstm,
        "rnn": _rnn,
    }
)


def _shape(data: Mapping[str, Any]) -> Shape | None:
    match data.get("name"):
        case "mnist" | "fashion_mnist":
            side = 28 // int(data.get("pool", 1))
            pca = data.get("pca")
            features, rows = (side * side, side) if pca is None else (int(pca), int(pca))
            return Shape(features, rows, 10, int(data.get("n_train") or 55_000))
        case "checkerboard":
            return Shape(2, 2, 2, int(data.get("n", 1000)))
        case "plane":
            return Shape(2, 2, 2, int(data.get("n", 400)))
        case "teacher":
            d = int(data.get("dimension", 10))
            return Shape(d, d, 2, int(data.get("n", 300)))
        case "function":
            return Shape(1, 1, 1, int(data.get("n", 257)))
        case "curve":
            d = int(data.get("dimension", 8))
            return Shape(d, d, d, int(data.get("n", 1000)))
        case "composition":
            d = int(data.get("dimension", 8))
            return Shape(d, d, 1, int(data.get("n", 3000)))
        case "ecg_segments":
            seconds, rate = float(data.get("seconds", 3.0)), int(data.get("rate", 60))
            samples = int(data.get("n_train") or round(ECG_TRAINING_SECONDS / seconds))
            return Shape(round(seconds * rate), 1, 2, samples)
    return None
