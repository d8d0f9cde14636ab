"""What a claim asks of a stand-in, which has fewer samples than the official files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from deepclaims.data import PREPARED
from deepclaims.data.prepared import read_meta
from deepclaims.project import Project

STAND_IN = "embedded"


def within_stand_in(config: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """The config of a claim, asking a stand-in for no more samples than it has.

    Claims are written for the official files; on a stand-in, which every page of the report names,
    they make do with what there is. A user's own training that asks for more is refused instead.

    Args:
        config: of a training, or a task's. Counts stand beside the `name` of the data. Where the
            data's config is a task's `data`, or that of its `training`, `n_train` or `images`, a
            number of training samples for each of its nets, may stand beside it.
        project: whose prepared data.
    """
    within = {
        key: within_stand_in(value, project) if isinstance(value, Mapping) else value
        for key, value in config.items()
    }
    meta = _meta(within, project)
    if meta.get("source") == STAND_IN:
        for split, count in meta["counts"].items():
            if isinstance(asked := within.get(f"n_{split}"), int):
                within[f"n_{split}"] = min(asked, count)
    training = within.get("training")
    data = (training if isinstance(training, Mapping) else within).get("data")
    if isinstance(data, Mapping) and _meta(data, project).get("source") == STAND_IN:
        within |= _few_enough(
            within, _there(json.dumps(data), project.prepared(PREPARED.named(data)))
        )
    return within


def _meta(data: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """What `prepare` noted of the data set that a config names; empty if it names none."""
    name = PREPARED.get(str(data.get("name")), "")
    return read_meta(project.prepared(name), name) if name else {}


def _few_enough(config: Mapping[str, Any], there: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(asked := config.get("n_train"), int):
        found["n_train"] = min(asked, there)
    if isinstance(images := config.get("images"), Mapping):
        found["images"] = {net: min(asked, there) for net, asked in images.items()}
    return found


@lru_cache(maxsize=16)
def _there(data: str, folder: Path) -> int:
    """How many training samples a prepared folder has for a `data` config, JSON without a count."""
    from deepclaims.data.registry import load

    return len(load(json.loads(data), 0, folder).train)
