"""Data augmentation (L1 "Data augmentation"): inputs changed anew each time they are seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from deepclaims.groups import Table
from deepclaims.training.distortion import distort_images

Inputs = tuple[Tensor, ...]
Augment = Callable[[Inputs], Inputs]
Read = Callable[[Tensor], Inputs]
"""The numbers of the samples of a batch -> the batch."""


@runtime_checkable
class ReadsAll(Protocol):
    """An augmentation that does some of its work once for all samples."""

    def reader(self, sources: Inputs) -> Read:
        """How batches are read from `sources`, and changed."""


class Shift:
    """Moves each image by up to `pixels` either way; what comes in has the grey of the border.

    Images are (n, channels, height, width); all shifts of a batch are drawn at once.
    """

    def __init__(self, generator: Generator, *, pixels: int = 1) -> None:
        self.generator, self.pixels = generator, pixels

    def __call__(self, inputs: Inputs) -> Inputs:
        """The images of a batch moved, and whatever else comes with them."""
        x, *rest = inputs
        return (self._moved(self._framed(x), torch.arange(len(x), device=x.device)), *rest)

    def reader(self, sources: Inputs) -> Read:
        """Batches from images that are framed once for all of them."""
        x, *rest = sources
        framed = self._framed(x)
        return lambda index: (
            self._moved(framed, index),
            *(source.index_select(0, index) for source in rest),
        )

    def _framed(self, x: Tensor) -> Tensor:
        return F.pad(x, [self.pixels] * 4, mode="replicate")

    def _moved(self, framed: Tensor, index: Tensor) -> Tensor:
        """Of the images at `index`, each by its own draw from ±`pixels`."""
        width, size = 2 * self.pixels, (2, len(index))
        down, right = torch.randint(
            0, width + 1, size, generator=self.generator, device=index.device
        )
        # All places in memory where an image could begin, seen as one there: to copy some of them
        # takes a third of the time of indexing a view of all shifts.
        shape = (*framed.shape[1:-2], *(side - width for side in framed.shape[-2:]))
        image, *steps = framed.stride()
        beyond = sum((size - 1) * step for size, step in zip(shape, steps, strict=True))
        anywhere = framed.as_strided((framed.numel() - beyond, *shape), (1, *steps))
        return anywhere.index_select(0, index * image + down * steps[1] + right * steps[2])


def distort(
    generator: Generator,
    *,
    pixels: float = 1.0,
    degrees: float = 10.0,
    elastic: float = 0.7,
    smoothness: float = 4.0,
) -> Augment:
    """Images (n, channels, height, width) moved, turned and warped; see `distort_images`."""

    def augment(inputs: Inputs) -> Inputs:
        x, *rest = inputs
        seen = distort_images(
            x,
            generator,
            pixels=pixels,
            degrees=degrees,
            elastic=elastic,
            smoothness=smoothness,
        )
        return (seen, *rest)

    return augment


def electrode(
    generator: Generator, *, gain: float = 0.1, noise: float = 0.03, wander: float = 0.1
) -> Augment:
    """Leads (n, …, leads, samples) through another electrode: gain, noise, a wandering baseline.

    Args:
        generator: draws everything.
        gain: standard deviation of the log gain, one of each sample of the batch and lead.
        noise: standard deviation added at each instant.
        wander: standard deviation of the amplitude of a slow sine, at most one period long.
    """

    def augment(inputs: Inputs) -> Inputs:
        x, *rest = inputs
        each = x[..., :1]
        amplitude = wander * torch.empty_like(each).normal_(generator=generator)
        periods, phase = (torch.empty_like(each).uniform_(generator=generator) for _ in range(2))
        t = torch.linspace(0, 1, x.shape[-1], dtype=x.dtype, device=x.device)
        baseline = amplitude * (2 * math.pi * (periods * t + phase)).sin()
        x = x * (gain * torch.empty_like(each).normal_(generator=generator)).exp()
        x = x + baseline + noise * torch.empty_like(x).normal_(generator=generator)
        return (x, *rest)

    return augment


def beats(
    generator: Generator,
    *,
    gain: float = 0.2,
    noise: float = 0.03,
    samples: int = 2,
    feature_noise: float = 0.05,
    silence: float = 0.0,
) -> Augment:
    """Runs of beats seen through another electrode: gain, noise and shift; features with noise.

    Every lead but the first may be switched off for a run: the second is V1 in one patient and
    V5 in another, so that a network which needs it fails on the next.

    Args:
        generator: draws everything.
        gain: standard deviation of the log gain of each run and lead.
        noise: standard deviation added to each sample of a waveform.
        samples: largest shift of a run, either way, in samples.
        feature_noise: standard deviation added to each feature.
        silence: probability that the leads after the first are 0 all over a run.
    """

    def normal_like(x: Tensor) -> Tensor:
        return torch.empty_like(x).normal_(generator=generator)

    def augment(inputs: Inputs) -> Inputs:
        x, *features = inputs
        n = len(x)
        x = x * (gain * normal_like(x[:, :1, :, :1])).exp()
        if samples:
            steps = torch.randint(-samples, samples + 1, (n,), generator=generator, device=x.device)
            x = torch.stack([torch.roll(run, int(k), -1) for run, k in zip(x, steps, strict=True)])
        x = x + noise * normal_like(x)
        if silence:
            on = x.new_empty(n, 1, 1, 1).bernoulli_(1 - silence, generator=generator)
            x = torch.cat([x[:, :, :1], x[:, :, 1:] * on], dim=2)
        return (x, *(f + feature_noise * normal_like(f) for f in features))

    return augment


def none(generator: Generator) -> None:
    """Inputs as they are."""


AUGMENTATIONS: Table[Callable[..., Augment | None]] = Table(
    "augment",
    {"none": none, "shift": Shift, "distort": distort, "electrode": electrode, "beats": beats},
)
"""Augmentations by the name they have in `conf/augment/`."""


def reader(sources: Inputs, augment: Augment | None) -> Read:
    """How batches are read from all `sources`, changed by `augment`."""
    if isinstance(augment, ReadsAll):
        return augment.reader(sources)

    def gather(index: Tensor) -> Inputs:
        inputs = tuple(source.index_select(0, index) for source in sources)
        return inputs if augment is None else augment(inputs)

    return gather


def build_augment(
    config: Mapping[str, Any], generator: Generator, input_noise: float = 0.0
) -> Augment | None:
    """What is done to the inputs of a training batch.

    Args:
        config: the `augment` group.
        generator: draws everything.
        input_noise: standard deviation of what is added to every input after it (L1 "Inyección
            de ruido").

    Raises:
        ConfigError: an unknown name or option.
    """
    augment = AUGMENTATIONS.choose(config, generator)
    return augment if input_noise == 0 else _with_noise(augment, input_noise, generator)


def _with_noise(augment: Augment | None, sigma: float, generator: Generator) -> Augment:
    def noisy(inputs: Inputs) -> Inputs:
        changed = inputs if augment is None else augment(inputs)
        return tuple(x + sigma * torch.empty_like(x).normal_(generator=generator) for x in changed)

    return noisy
