"""The trained labeller that `conf/annotate.yaml` describes: from the run cache, or trained now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from deepclaims.data.ecg import SCORED
from deepclaims.data.prepared import read_meta
from deepclaims.ecg.agreement import Agreement
from deepclaims.ecg.ensembles import Networks
from deepclaims.environment import commit
from deepclaims.errors import ConfigError
from deepclaims.project import Project
from deepclaims.sweep.cell import Cell, data_of
from deepclaims.sweep.compose import Composer
from deepclaims.sweep.options import LocalOptions, Options
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Unit

if TYPE_CHECKING:
    from deepclaims.ecg.labeller import Labeller

CONFIG = "annotate.yaml"
TASK = "deepclaims.ecg.labeller:train_labeller"
EXPERIMENT = "annotate"


@dataclass(frozen=True)
class Trained:
    """A labeller and what is to be said of it.

    Args:
        labeller: ready for use.
        source: of its data, "official" or "embedded" (the stand-in).
        agreement: of its networks, one by one, with the labels of the records kept for testing.
        key: of its folder in the run cache.
        remarks: what else is to be said, a line each.
    """

    labeller: Labeller
    source: str
    agreement: Agreement
    key: str
    remarks: tuple[str, ...] = ()


def trained_labeller(project: Project, leads: int, options: Options | None = None) -> Trained:
    """The labeller for records of one or two leads; networks that are missing are trained.

    Args:
        project: whose configs, data and run cache.
        leads: 1 or 2.
        options: of the executor that trains.

    Raises:
        ConfigError: the config does not compose.
        StageError: the ECG is not prepared.
        StorageError: a stored network is damaged; names the file.
        SweepError: a training failed.
    """
    networks = trained_networks(project, leads, options)
    from deepclaims.ecg.labeller import assemble

    labeller = assemble(networks.config, list(networks.outcomes.values()))
    return Trained(labeller, source_of_data(project), networks.agreement, networks.key)


def source_of_data(project: Project) -> str:
    """Where the prepared ECG comes from: "official" or "embedded".

    Raises:
        StageError: it is not prepared.
    """
    return str(read_meta(project.prepared("ecg"), "ecg")["source"])


def trained_networks(project: Project, leads: int, options: Options | None = None) -> Networks:
    """The networks of the labeller, as their trainings left them; raises as `trained_labeller`."""
    cell, seeds = _cell(project, leads)
    source, store = source_of_data(project), RunStore(project.runs)
    if not all(store.has(cell.key, seed) for seed in seeds):
        _train(cell, seeds, source, project, options or LocalOptions())
    outcomes = {seed: store.load(cell.key, seed).outcome for seed in seeds}
    counts = np.zeros((len(SCORED), len(SCORED)), dtype=np.int64)
    for outcome in outcomes.values():
        if (table := outcome.tables.get("confusion")) is not None:
            np.add.at(counts, (table["true"], table["predicted"]), table["count"])
    return Networks(cell.config, cell.key, outcomes, Agreement(counts))


def _cell(project: Project, leads: int) -> tuple[Cell, list[int]]:
    file = project.conf / CONFIG
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
        seeds, training = [int(seed) for seed in said["seeds"]], [str(o) for o in said["training"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{file} cannot be read ({' '.join(str(error).split())}): it needs the keys seeds, a "
            "list of numbers, and training, a list of overrides"
        ) from None
    config: dict[str, Any] = Composer(project.conf).cell(training)
    if not seeds or config["data"]["name"] != "ecg":
        raise ConfigError(f"{file} must name at least one seed, and train on data=ecg")
    arm = "one lead" if leads == 1 else f"{leads} leads"
    data = data_of(config, project)
    return Cell({**config, "leads": leads}, TASK, data, part=EXPERIMENT, arm=arm), seeds


def _train(
    cell: Cell, seeds: Sequence[int], source: str, project: Project, options: Options
) -> None:
    from deepclaims.sweep.logbook import LogEntry
    from deepclaims.sweep.session import run_session

    print(
        f"no labeller for {cell.arm} is kept yet: training {len(seeds)} network"
        f"{'s' * (len(seeds) > 1)}, once (about ten seconds each)",
        flush=True,
    )
    about = {"commit": commit(project.root), "sources": {"ecg": source}}
    units = [Unit(cell, seed, about) for seed in seeds]
    entries = [LogEntry(cell, EXPERIMENT, cell.key)]
    run_session(EXPERIMENT, units, entries, project, options).tally.raise_if_failed()
