"""Nets that pool globally or flatten: digits in place and shifted, ECG of several lengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.data.moved_images import shifted
from deepclaims.data.registry import load
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.ranking import area_under_roc
from deepclaims.evidence.roc_area import count_pairs
from deepclaims.nn.models import count_parameters
from deepclaims.project import Project
from deepclaims.training.trained_net import probabilities, trained_net


def digits(config: dict[str, Any], seed: int) -> Outcome:
    """Train on digits in their place; test them shifted, and in larger frames.

    Args:
        config: `head`, with its `channels` and learning rate in `rates`; `training`, the rest of a
            training config; `shift` in pixels; `frame`, pixels added on each side.
        seed: decides everything random.

    Returns:
        Metrics `validation_error`, `n_parameters`, and `accepted`, how many frames the net reads;
        curve `shift_error`.
    """
    net, splits, scores = trained_net(_training(config), seed)
    x, labels = splits.test.inputs[0], splits.test.targets
    errors = [
        float((probabilities(net, shifted(x, pixels)).argmax(1) != labels).double().mean())
        for pixels in config["shift"]
    ]
    framed = [F.pad(x[:10], [added] * 4, mode="replicate") for added in config["frame"]]
    return Outcome(
        {
            "validation_error": scores["validation_error"],
            "n_parameters": float(count_parameters(net)),
            "accepted": float(sum(_reads(net, each) for each in framed)),
        },
        {"shift_error": Curve(list(config["shift"]), errors)},
    )


def segments(config: dict[str, Any], seed: int) -> Outcome:
    """Train on stretches of ECG of one length; test on several, on patients never seen.

    Args:
        config: as `digits`; `lengths` of the test stretches in tenths of a second.
        seed: decides everything random.

    Returns:
        Metrics `validation_auc`, `n_parameters`, `accepted`; over the lengths the curves `auc`
        (NaN where the net refuses) and `fitted_auc` (longer stretches cut into pieces of the length
        trained on, the highest score counting; shorter ones filled up with zeros). Tables
        `patients`: `record` and its `auc` at the length trained on, where it has both kinds; and
        `pairs` of every length the net reads: `tenths`, and the columns of `count_pairs`.
    """
    training = _training(config)
    net, splits, _ = trained_net(training, seed)
    known, folder = splits.input_shape[-1], Project.here().prepared("ecg")
    assert splits.validation is not None
    aucs, fitted = [], []
    rows: list[tuple[str, float]] = []
    pairs = []
    for tenths in config["lengths"]:
        test = load({**training["data"], "test_seconds": tenths / 10}, 0, folder).test
        x, true = test.inputs[0], test.targets.numpy()
        assert test.groups is not None
        record = np.array(splits.group_names)[test.groups.numpy()]
        fitted.append(area_under_roc(fitted_score(net, x, known), true))
        if not _reads(net, x[:10]):
            aucs.append(np.nan)
            continue
        score = _score(net, x)
        aucs.append(area_under_roc(score, true))
        pairs.append(count_pairs(score, true, record).assign(tenths=tenths))
        if x.shape[-1] == known:
            rows = [
                (own, area_under_roc(score[record == own], true[record == own]))
                for own in np.unique(record)
            ]
    validation = splits.validation
    lengths = list(config["lengths"])
    patients = pd.DataFrame(rows, columns=["record", "auc"])
    return Outcome(
        {
            "validation_auc": area_under_roc(
                _score(net, validation.inputs[0]), validation.targets.numpy()
            ),
            "n_parameters": float(count_parameters(net)),
            "accepted": float(np.isfinite(aucs).sum()),
        },
        {"auc": Curve(lengths, aucs), "fitted_auc": Curve(lengths, fitted)},
        {"patients": patients.dropna(), "pairs": pd.concat(pairs, ignore_index=True)},
    )


def fitted_score(net: nn.Module, x: Tensor, length: int) -> np.ndarray:
    """Scores (n,) of stretches of any length, by a net that takes `length` samples only."""
    short = -x.shape[-1] % length
    pieces = F.pad(x, (0, short)).unflatten(-1, (-1, length)).transpose(1, 2)
    scores = _score(net, pieces.flatten(0, 1)).reshape(len(x), -1)
    return np.asarray(scores.max(axis=1))


def _training(config: Mapping[str, Any]) -> dict[str, Any]:
    training, head = dict(config["training"]), config["head"]
    channels = config["channels"]["flatten" if head == "flatten" else "global"]
    training["model"] = {**training["model"], "head": head, "channels": channels}
    training["optimizer"] = {**training["optimizer"], "lr": config["rates"][head]}
    return training


def _score(net: nn.Module, x: Tensor) -> np.ndarray:
    return np.asarray(probabilities(net, x)[:, 1].numpy())


def _reads(net: nn.Module, x: Tensor) -> bool:
    try:
        with torch.no_grad():
            net(x)
    except RuntimeError:
        return False
    return True
