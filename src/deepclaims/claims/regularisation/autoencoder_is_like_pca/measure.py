"""An autoencoder beside the principal components of the images that it was trained on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from scipy.linalg import subspace_angles
from torch import Tensor, nn

from deepclaims.claims.regularisation.coders import Principal, squared_error, trained_coder
from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.outcome import Outcome


def compare(config: dict[str, Any], seed: int) -> Outcome:
    """Train an autoencoder, and set it beside as many principal components.

    Args:
        config: `training`, a training config of an autoencoder with its data; `depth` of its
            encoder (0: linear), `code` and `steps`; `isotropic`: None for the images, or so many of
            their principal components, each brought to variance 1, in their place.
        seed: draws images, weights and batches.

    Returns:
        Mean squared errors `train_mse` and `test_mse`, and those of the principal components,
        `train_pca` and `test_pca`. If linear, in degrees the largest principal angle between their
        span and that of the decoder's columns, `angle`, and of the encoder's rows, `encoder_angle`;
        and that of a plane drawn at random, `random_angle`.
    """
    training = config["training"]
    code, depth = int(config["code"]), int(config["depth"])
    splits = load(training["data"], seed, folder_of(training["data"]))
    if config.get("isotropic"):
        splits = whitened(splits, int(config["isotropic"]))
    model = {**training["model"], "code": code, "depth": depth}
    fit = {**training["fit"], "steps": int(config["steps"])}
    coder = trained_coder(splits, {**training, "model": model, "fit": fit}, seed)
    x, held_out = (each.inputs[0] for each in (splits.train, splits.test))
    plane = Principal.of(x, code)
    metrics = {
        "train_mse": squared_error(coder, x),
        "test_mse": squared_error(coder, held_out),
        "train_pca": squared_error(plane, x.double()),
        "test_pca": squared_error(plane, held_out.double()),
    }
    if depth == 0:
        decoder, encoder = (_weights(each) for each in (coder.decode, coder.encode))
        random = np.random.default_rng(seed).normal(size=decoder.shape)
        metrics |= {
            "angle": largest_angle(decoder, plane.directions.numpy()),
            "encoder_angle": largest_angle(encoder.T, plane.directions.numpy()),
            "random_angle": largest_angle(random, plane.directions.numpy()),
        }
    return Outcome(metrics)


def largest_angle(a: np.ndarray, b: np.ndarray) -> float:
    """The largest principal angle between the spans of two sets of columns `(d, k)`, in degrees."""
    return float(np.degrees(subspace_angles(a, b)[0]))


def whitened(splits: Splits, components: int) -> Splits:
    """The data as principal components of the training inputs, each of variance 1 there.

    No direction has more variance than another: each plane of k of them loses as much.
    """
    basis = Principal.of(splits.train.inputs[0], components)
    scale = basis.encode(splits.train.inputs[0].double()).std(0, correction=0)

    def change(split: Split) -> Split:
        z: Tensor = basis.encode(split.inputs[0].double()) / scale
        return replace(split, inputs=(z.float(),))

    train, test = change(splits.train), change(splits.test)
    return replace(splits, train=train, validation=None, test=test, input_shapes=((components,),))


def _weights(perceptron: nn.Module) -> np.ndarray:
    """The matrix of a perceptron without hidden layers, `(out, in)`."""
    (matrix,) = (p.detach() for p in perceptron.parameters() if p.ndim == 2)
    return matrix.to(torch.float64).numpy()
