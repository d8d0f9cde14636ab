"""Nets that pool globally or flatten: digits in place and shifted, ECG of several lengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.claims.convolution.global_pooling.patients import areas, divided, mean_area
from deepclaims.claims.tuning import is_choosing
from deepclaims.data.aami import FOLDS
from deepclaims.data.ecg_segments import stretches
from deepclaims.data.locked import is_locked
from deepclaims.data.moved_images import shifted
from deepclaims.data.splits import Splits
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.models import count_parameters
from deepclaims.project import Project
from deepclaims.training.machine import machine_state
from deepclaims.training.replica import build_module, fit
from deepclaims.training.settings import Settings
from deepclaims.training.trained_net import probabilities, trained_net


def digits(config: dict[str, Any], seed: int) -> Outcome:
    """Train on digits in their place; test them shifted, and in larger frames.

    Args:
        config: `head`, with its `channels`, and `rate`, its learning rate; `training`, the rest of
            a training config; `shift` in pixels; `frame`, pixels added on each side.
        seed: decides everything random.

    Returns:
        Metrics `validation_error`, `n_parameters`, and `accepted`, how many frames the net reads;
        curves `shift_error`, and `frame_error`, NaN where the net refuses the frame. Seeds that
        choose give `validation_error` alone.
    """
    net, splits, scores = trained_net(_training(config), seed)
    if is_choosing(config):
        return Outcome({"validation_error": scores["validation_error"]})
    x, labels = splits.test.inputs[0], splits.test.targets

    def error(images: torch.Tensor) -> float:
        return float((probabilities(net, images).argmax(1) != labels).double().mean())

    framed = [F.pad(x, [added] * 4, mode="replicate") for added in config["frame"]]
    read = [_reads(net, each[:10]) for each in framed]
    errors = [error(each) if ok else np.nan for each, ok in zip(framed, read, strict=True)]
    return Outcome(
        {
            "validation_error": scores["validation_error"],
            "n_parameters": float(count_parameters(net)),
            "accepted": float(sum(read)),
        },
        {
            "shift_error": Curve(
                list(config["shift"]), [error(shifted(x, pixels)) for pixels in config["shift"]]
            ),
            "frame_error": Curve(list(config["frame"]), errors),
        },
    )


def segments(config: dict[str, Any], seed: int) -> Outcome:
    """Train on stretches of ECG of one length, test on several; every patient of DS1 in turn.

    For each fold of patients a net of its own: trained on three folds, chosen by on the next,
    tested on the fold itself.

    Args:
        config: as `digits`; `lengths` of the test stretches in tenths of a second; `folds`, which.
        seed: decides everything random.

    Returns:
        Metrics `validation_loss`, one minus the mean area of the patients to choose by,
        `n_parameters`, `accepted`, how many lengths every net reads; table `areas`, the patients'
        areas by `tenths` (see `patients.areas`). Seeds that choose give `validation_loss` alone.
    """
    import pandas as pd

    training, lengths = _training(config), list(config["lengths"])
    settings = Settings.read(training)
    seconds = float(training["data"]["seconds"])
    folder = Project.here().prepared("ecg")
    tables, chosen, accepted, sizes = [], [], [], []
    for fold in config["folds"]:
        known, held_out, tested = divided(FOLDS, fold, locked=is_locked(training["data"]))
        splits = _splits(folder, known, held_out, seconds)
        with machine_state(settings.machine):
            module = build_module(settings, splits, seed)
            fit(module, settings, None)
            net = module.model.eval()
            chosen.append(areas(net, stretches(folder, held_out, seconds), seconds))
            sizes.append(count_parameters(net))
            if is_choosing(config):
                continue
            asked = [stretches(folder, tested, tenths / 10) for tenths in lengths]
            accepted.append(sum(_reads(net, each.inputs[0][:10]) for each in asked))
            tables += [
                areas(net, each, seconds).assign(tenths=tenths)
                for tenths, each in zip(lengths, asked, strict=True)
            ]
    loss = 1 - mean_area(pd.concat(chosen))
    if is_choosing(config):
        return Outcome({"validation_loss": loss})
    return Outcome(
        {
            "validation_loss": loss,
            "n_parameters": float(sizes[0]),
            "accepted": float(min(accepted)),
        },
        {},
        {"areas": pd.concat(tables, ignore_index=True)},
    )


def _splits(folder: Any, known: Any, held_out: Any, seconds: float) -> Splits:
    train = stretches(folder, known, seconds)
    validation = stretches(folder, held_out, seconds)
    return Splits(
        train=train,
        validation=validation,
        test=validation,
        task="classification",
        outputs=2,
        input_shapes=(tuple(train.inputs[0].shape[1:]),),
        source="",
        group_names=(),
    )


def _training(config: Mapping[str, Any]) -> dict[str, Any]:
    training, head = dict(config["training"]), config["head"]
    channels = config["channels"]["flatten" if head == "flatten" else "global"]
    training["model"] = {**training["model"], "head": head, "channels": channels}
    training["optimizer"] = {**training["optimizer"], "lr": config["rate"]}
    return training


def _reads(net: nn.Module, x: torch.Tensor) -> bool:
    try:
        with torch.no_grad():
            net(x)
    except RuntimeError:
        return False
    return True
