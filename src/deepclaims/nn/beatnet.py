"""The heartbeat labeller: a small convolutional encoder of each beat, then recurrence over beats.

Built for records cut into runs of consecutive beats, every beat seen against its record's own
reference beat, with features of its rhythm beside it (L1 "Redes Recurrentes": offline, a network
that reads both ways is advised).
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.errors import ConfigError
from deepclaims.nn import through_time
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import UnitNoise


class BeatNet(nn.Module):
    """Each beat's waveform and features -> 2·embedding numbers -> recurrence -> classes.

    Args:
        channels: of the waveform (leads).
        samples: of the waveform.
        features: numbers beside the waveform, 0 for none.
        classes: what a beat may be.
        cell: recurrent layers that read 2·embedding numbers a step, or None for no recurrence.
        embedding: numbers from the waveform, and as many from the features.
        noise: on its units where the states are read out.
    """

    def __init__(
        self,
        channels: int,
        samples: int,
        features: int,
        classes: int,
        cell: nn.RNNBase | None,
        embedding: int,
        noise: UnitNoise,
    ) -> None:
        super().__init__()
        self.encoder = beat_encoder(channels, samples, embedding)
        self.rhythm = nn.Sequential(nn.Linear(features, embedding), nn.ReLU()) if features else None
        self.cell = cell
        skip = embedding * (2 if features else 1)
        states = 0 if cell is None else cell.hidden_size * (2 if cell.bidirectional else 1)
        self.on_inputs, self.on_states = noise.on_inputs(), noise.on_hidden()
        self.head = nn.Linear(states + skip, classes)

    def forward(self, beats: Tensor, features: Tensor | None = None) -> Tensor:
        """(n, L, channels, samples) and (n, L, features) -> (n, L, classes)."""
        n, length = beats.shape[:2]
        # (n·L, channels, 1, samples): oneDNN is twice as fast on 2-d filters with channels last.
        signals = self.on_inputs(beats.flatten(0, 1)).unsqueeze(2)
        skip = self.encoder(signals.contiguous(memory_format=torch.channels_last))
        skip = skip.view(n, length, -1)
        if self.rhythm is not None:
            skip = torch.cat([skip, self.rhythm(features)], dim=-1)
        states = skip if self.cell is None else torch.cat([self._states(skip), skip], dim=-1)
        return self.head(self.on_states(states))

    def _states(self, x: Tensor) -> Tensor:
        by_hand = x.device.type == "cpu" and not torch.is_autocast_enabled("cpu")
        if by_hand and isinstance(self.cell, nn.RNN):
            return through_time.of_layer(self.cell, x)
        assert self.cell is not None
        return self.cell(x)[0]


class BeatEncoder(nn.Sequential):
    """Convolutions, a pool over pairs, a dense layer: the last two are one product here.

    A mean goes into a dense layer as its terms do with the same weight, halved. For signals with
    channels last in memory that takes no pass over them.
    """

    def forward(self, signals: Tensor) -> Tensor:
        """(m, channels, 1, samples), channels last in memory -> (m, embedding)."""
        *convolutions, _, _, dense, relu = self
        if not isinstance(dense, nn.Linear):  # of a stack, whose matrices are as many as its nets
            return cast(Tensor, super().forward(signals))
        for layer in convolutions:
            signals = layer(signals)
        _, channels, _, width = signals.shape
        by_pair = dense.weight.unflatten(1, (channels, 1, width // 2)) / 2
        by_place = F.pad(by_pair.repeat_interleave(2, dim=-1), (0, width % 2))
        x, W = (each.permute(0, 2, 3, 1).flatten(1) for each in (signals, by_place))
        return cast(Tensor, relu(F.linear(x, W, dense.bias)))


def beat_encoder(channels: int, samples: int, embedding: int) -> BeatEncoder:
    """(m, channels, 1, samples) -> (m, embedding): three convolutions that halve, a pool, a layer.

    The filters are one row high: convolutions of a signal.
    """
    width = samples
    for _ in range(3):
        width = (width + 1) // 2
    return BeatEncoder(
        nn.Conv2d(channels, 16, (1, 7), stride=(1, 2), padding=(0, 3)),
        nn.ReLU(inplace=True),
        nn.Conv2d(16, 24, (1, 5), stride=(1, 2), padding=(0, 2)),
        nn.ReLU(inplace=True),
        nn.Conv2d(24, 24, (1, 3), stride=(1, 2), padding=(0, 1)),
        nn.ReLU(inplace=True),
        nn.AvgPool2d((1, 2)),
        nn.Flatten(),
        nn.Linear(24 * (width // 2), embedding),
        nn.ReLU(),
    )


def beatnet(
    interface: Interface,
    noise: UnitNoise,
    *,
    cell: str = "lstm",
    width: int = 32,
    bidirectional: bool = True,
    embedding: int = 24,
) -> BeatNet:
    """The labeller for the beats of `interface`; `cell` is lstm, rnn or none.

    Raises:
        ConfigError: an unknown cell, or data that are no runs of beats.
    """
    channels, samples, features = _beats(interface)
    skip = embedding * (2 if features else 1)
    cells = {"lstm": nn.LSTM, "rnn": nn.RNN}
    if cell not in (*cells, "none"):
        raise ConfigError(f"model=beatnet has cell lstm, rnn or none, not {cell!r}")
    layer = (
        None
        if cell == "none"
        else cells[cell](skip, width, batch_first=True, bidirectional=bidirectional)
    )
    return BeatNet(channels, samples, features, interface.outputs, layer, embedding, noise)


def _beats(interface: Interface) -> tuple[int, int, int]:
    match interface.inputs:
        case ((_, channels, samples),) if interface.per_step:
            return channels, samples, 0
        case ((_, channels, samples), (_, features)) if interface.per_step:
            return channels, samples, features
    raise ConfigError(
        "model=beatnet labels runs of beats (L, channels, samples) with features (L, k); "
        f"these data have inputs of shape {interface.inputs}"
    )
