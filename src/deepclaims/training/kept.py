"""A training whose network is kept, and the network again from what was kept.

What is kept is plain: tensors, numbers and words, which torch reads back with `weights_only`. The
network is built from its config and filled.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import vector_to_parameters

from deepclaims.data.arrays import class_names
from deepclaims.data.registry import folder_of, load
from deepclaims.data.scaling import OWN_ARRAYS, Scaling, raw_images, scaling_of
from deepclaims.data.splits import Splits
from deepclaims.errors import ConfigError, DataError, StorageError
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.interface import Interface
from deepclaims.training import own_parts, own_task, replicas
from deepclaims.training.autoencoding import coder_settings
from deepclaims.training.checkpoint import Checkpoint
from deepclaims.training.machine import DTYPES, machine_state
from deepclaims.training.own_config import has_own_part
from deepclaims.training.preprocessing import Train, preprocessed
from deepclaims.training.replica import build_module, fit, network_of, networks, noise_on_units
from deepclaims.training.settings import Settings
from deepclaims.training.streams import WEIGHTS, stream
from deepclaims.training.targets import is_own

FORMAT = 1


class TrainedNetwork(nn.Module):
    """A trained network that reads data as they come; in evaluation mode.

    Args:
        network: trained; reads scaled data.
        scaling: of its first input.
        coder: the autoencoder through which it sees the data, or None.
        about: `task`, `outputs`, `classes` (their names in a file of one's own, by the number that
            `predict` gives), `inputs` (shapes), `config`, `seed`, `metrics`, `key`.
    """

    def __init__(
        self,
        network: nn.Module,
        scaling: Scaling,
        coder: nn.Module | None,
        about: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self.network = network
        self.coder = coder
        self.scaling = scaling
        self.about = dict(about)
        self.eval()

    def forward(self, *inputs: Tensor) -> Tensor:
        """Outputs for samples as they come: numbers, or for each class the logarithm of its odds.

        Args:
            inputs: (n, …); `scaling.says` what the first one is. Numbers of any type.

        Raises:
            DataError: they have another shape than the network reads.
        """
        try:
            return self._answer(*inputs)
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            shapes = [tuple(torch.as_tensor(x).shape) for x in inputs]
            if [shape[1:] for shape in shapes] == [tuple(s) for s in self.about["inputs"]]:
                raise  # it is not for their shape
            given = " and ".join(map(str, shapes))
            asked = " and ".join(f"(n, {', '.join(map(str, s))})" for s in self.about["inputs"])
            raise DataError(
                f"the network reads {asked}; it was given {given} ({str(error).splitlines()[0]})"
            ) from error

    def _answer(self, *inputs: Tensor) -> Tensor:
        dtype = next((p.dtype for p in self.network.parameters()), torch.float32)
        first, *others = (torch.as_tensor(x) for x in inputs)
        x = self.scaling(first.to(dtype))
        if self.coder is not None:
            coded = self.about["config"]["regularizer"]["autoencoder"] == "codes"
            x = self.coder.encode(x) if coded else self.coder(x)  # type: ignore[operator]
        outputs: Tensor = self.network(x, *(other.to(dtype) for other in others))
        return outputs

    @torch.no_grad()
    def probabilities(self, *inputs: Tensor) -> Tensor:
        """The probability of each class, (n, classes), or (n, steps, classes).

        Raises:
            DataError: as `forward`; or the network predicts numbers.
        """
        if not self._classifies:
            raise DataError("this network predicts numbers, not classes: take predict")
        return self(*inputs).double().softmax(-1)

    @torch.no_grad()
    def predict(self, *inputs: Tensor) -> Tensor:
        """The class of each sample (or step), (n,); where there are none, the numbers."""
        outputs = self(*inputs)
        return outputs.argmax(-1) if self._classifies else outputs

    def data(self) -> Splits:
        """The data that the network was trained on, as it reads them: scaled.

        Raises:
            StageError: the data are not prepared.
        """
        config = self.about["config"]["data"]
        return load(config, int(self.about["seed"]), folder_of(config))

    def raw_examples(self, count: int) -> tuple[Tensor, ...]:
        """Some samples as they come, one tensor an input.

        Raises:
            StageError: the data are not prepared.
        """
        config = self.about["config"]["data"]
        folder = folder_of(config)
        images = None if folder is None else raw_images(config, folder, count)
        if images is not None:
            return (images.float(),)
        first, *others = (x[:count].float() for x in self.data().test.inputs)
        return (self.scaling.undone(first) if self.scaling.is_affine else first, *others)

    @property
    def _classifies(self) -> bool:
        told = self.about["task"] in ("classification", "tagging")
        return told and not hasattr(self.network, "reconstructs")


def train_and_keep(
    config: Mapping[str, Any], seed: int, *, stacked: bool = False
) -> tuple[Outcome, bytes]:
    """Train one replica, bit for bit as its task does; and what `restored` reads.

    Args:
        config: a composed training config, without its seed.
        seed: decides everything random.
        stacked: whether the task is that of stacked replicas.

    Raises:
        ConfigError: as the task; or several processes share the training.
        StageError: the data are not prepared.
    """
    settings = Settings.read(config)
    if settings.machine.strategy == "ddp":
        raise ConfigError(
            "fit.save=weights is not for trainer=ddp: fit.checkpoint keeps the weights of such a "
            "training"
        )
    coders: list[nn.Module] = []
    if has_own_part(config):
        outcome, module, splits = own_task.fitted(config, seed, coders)
        network: nn.Module = module.model
        seen = module.splits
    else:
        splits = load(settings.data, seed, folder_of(settings.data))
        run = _in_a_stack if stacked else _alone
        outcome, network, seen = run(settings, config, splits, seed, coders)
    about = {
        "format": FORMAT,
        "config": config,
        "seed": seed,
        "task": seen.task,
        "outputs": seen.outputs,
        "classes": class_names(settings.data) if settings.data["name"] in OWN_ARRAYS else [],
        "inputs": splits.input_shapes,
        "seen": seen.input_shapes,
        "metrics": dict(outcome.metrics),
    }
    state = {
        "about": json.dumps(about),
        "network": _on_cpu(network),
        "coder": _on_cpu(coders[0]) if coders else None,
        "scaling": scaling_of(settings.data, seed, folder_of(settings.data)).to_dict(),
    }
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return outcome, buffer.getvalue()


def _alone(
    settings: Settings,
    config: Mapping[str, Any],
    splits: Splits,
    seed: int,
    coders: list[nn.Module],
) -> tuple[Outcome, nn.Module, Splits]:
    """As `task.train_on`."""
    with machine_state(settings.machine):
        (seen,) = preprocessed([splits], [settings], [seed], _noting(networks, coders))
        module = build_module(settings, seen, seed)
        folder = settings.fit.checkpoint
        checkpoint = None if folder is None else Checkpoint(folder, config, seed)
        return fit(module, settings, checkpoint), module.model, seen


def _noting(train: Train, coders: list[nn.Module]) -> Train:
    """`train`, which adds the autoencoders that it gives to `coders`."""

    def noted(*asked: Any) -> Sequence[nn.Module]:
        found = train(*asked)
        coders.extend(found)
        return found

    return noted


def _in_a_stack(
    settings: Settings,
    config: Mapping[str, Any],
    splits: Splits,
    seed: int,
    coders: list[nn.Module],
) -> tuple[Outcome, nn.Module, Splits]:
    """As `replicas.train_in_stack`: in the company of itself."""
    both, data, seeds = [settings] * 2, [splits] * 2, [seed] * 2
    with machine_state(settings.machine):
        seen = preprocessed(data, both, seeds, _noting(replicas.stacked_networks, coders))
        module = replicas._trained(both, seen, seeds)
        outcome = replicas._evaluate(module, settings, seen)[0]
        network = _built(settings, seen[0].input_shapes, seen[0].outputs, seen[0].task)
        theta = module.replicas[0].theta
        assert theta is not None  # the training has ended
        numbers = sum(p.numel() for p in network.parameters())
        vector_to_parameters(theta[:numbers].cpu(), network.parameters())
        return outcome, network, seen[0]


def restored(content: bytes, key: str = "") -> TrainedNetwork:
    """The network that `train_and_keep` left.

    Args:
        content: what it left.
        key: of the run, for people.

    Raises:
        StorageError: it is damaged, or of another format.
    """
    try:
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        about = json.loads(state["about"])
        known = about["format"] == FORMAT
    except Exception as error:  # torch raises whatever the damaged bytes provoke
        raise StorageError(f"these weights are damaged ({error})") from error
    if not known:
        raise StorageError(f"these weights have format {about['format']}, and {FORMAT} is known")
    settings = Settings.read(about["config"])
    network = _built(settings, about["seen"], about["outputs"], about["task"])
    network.load_state_dict(state["network"])
    coder = None
    if state["coder"] is not None:
        coder = _built(coder_settings(settings), about["inputs"], about["outputs"], about["task"])
        coder.load_state_dict(state["coder"])
    return TrainedNetwork(network, Scaling(**state["scaling"]), coder, {**about, "key": key})


def _built(
    settings: Settings, shapes: Sequence[Sequence[int]], outputs: int, task: str
) -> nn.Module:
    """The network of a config with some weights or other."""
    interface = Interface(tuple(tuple(shape) for shape in shapes), outputs, task == "tagging")
    generator = stream(0, WEIGHTS)
    with torch.random.fork_rng(devices=[]):
        if is_own(settings.model):
            network = own_parts.network(settings, interface, generator)
        else:
            network = network_of(settings, interface, noise_on_units(settings), generator)
    return network.to(DTYPES[settings.machine.precision])


def _on_cpu(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
