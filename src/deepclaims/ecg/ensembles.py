"""The files of trained labellers, as a model that MLflow can register, load and serve.

about.json              what they are: for each number of leads config, key, seeds, confusion
<leads>/<seed>/*.parquet the tables that `train_labeller` left of each network

Nothing in it is code: who loads one from a registry runs nothing that stands there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims import __version__
from deepclaims.ecg.agreement import Agreement
from deepclaims.errors import DeepclaimsError, StorageError
from deepclaims.evidence.outcome import Outcome
from deepclaims.sweep.fingerprint import code_fingerprint

if TYPE_CHECKING:
    import pandas as pd

    from deepclaims.ecg.labeller import Labeller

ABOUT = "about.json"
TABLES = ("weights", "scaling", "trained_on")
PREPARES = ("deepclaims.ecg.inputs:record_inputs",)
"""What makes of a record what the networks are shown: other code may give other labels."""
BEAT = "beat"
"""Column that marks the samples at which beats are."""


@dataclass(frozen=True)
class Networks:
    """Trained networks for records of so many leads.

    Args:
        config: of their training.
        key: of their folder in the run cache.
        outcomes: what each seed's training left.
        agreement: of the networks, one by one, with the records kept for testing.
    """

    config: Mapping[str, Any]
    key: str
    outcomes: Mapping[int, Outcome]
    agreement: Agreement


@dataclass(frozen=True)
class Ensembles:
    """Those for records of one lead and of two, and the source of the data they were trained on."""

    of_leads: Mapping[int, Networks]
    source: str

    @property
    def key(self) -> str:
        """What they are known by, all together."""
        return "-".join(each.key for each in self.of_leads.values())

    def write(self, folder: Path, commit: str) -> None:
        """Write them as a model of MLflow, to be loaded by `mlflow.pyfunc.load_model` too.

        Args:
            folder: of the model; is made.
            commit: of the code that trained them.
        """
        from mlflow import pyfunc

        data = folder.with_name(f"{folder.name}-data")
        files = {}
        for leads, networks in self.of_leads.items():
            for seed, outcome in networks.outcomes.items():
                place = data / str(leads) / str(seed)
                place.mkdir(parents=True)
                for name in TABLES:
                    file = place / f"{name}.parquet"
                    outcome.tables[name].to_parquet(file, index=False)
                    files[file.relative_to(data).as_posix()] = _sha256(file)
        about = {
            "version": __version__,
            "commit": commit,
            "code": code_fingerprint(PREPARES),
            "source": self.source,
            "leads": {str(leads): _about(each) for leads, each in self.of_leads.items()},
            "sha256": files,
        }
        (data / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")
        pyfunc.save_model(
            str(folder), loader_module=__name__, data_path=str(data),
            pip_requirements=[f"deepclaims=={__version__}"],
        )  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """Labellers that were written, as they can be read back.

    Args:
        folder: of the model.
        about: what `about.json` says.
    """

    folder: Path
    about: Mapping[str, Any]

    @classmethod
    def read(cls, model: Path) -> Kept:
        """What a folder of MLflow's holds.

        Raises:
            StorageError: it holds no labellers, or a file of them is not what was written.
        """
        found = sorted(model.rglob(ABOUT))
        try:
            about = json.loads(found[0].read_text(encoding="utf-8"))
            said = {str(name): str(digest) for name, digest in about["sha256"].items()}
            about["leads"], about["source"], about["code"]
        except (IndexError, OSError, ValueError, KeyError, TypeError, AttributeError):
            raise StorageError(
                f"{model} holds no networks of `deepclaims annotate`: {ABOUT} is missing or damaged"
            ) from None
        folder = found[0].parent
        for name, digest in said.items():
            if not (folder / name).is_file() or _sha256(folder / name) != digest:
                raise StorageError(f"{folder / name} is missing or damaged")
        return cls(folder, about)

    @property
    def leads(self) -> list[int]:
        """Of records of how many leads it knows the beats."""
        return sorted(map(int, self.about["leads"]))

    @property
    def is_of_this_code(self) -> bool:
        """Whether records are prepared now as for its networks."""
        return bool(self.about["code"] == code_fingerprint(PREPARES))

    def labeller(self, leads: int) -> Labeller:
        """The networks for records of so many leads, put together.

        Raises:
            StorageError: there are none, or this version of deepclaims has other networks.
        """
        from deepclaims.ecg.labeller import assemble

        said = self._said(leads)
        outcomes = [self._outcome(leads, seed) for seed in said["seeds"]]
        try:
            return assemble(said["config"], outcomes)
        except (DeepclaimsError, KeyError, RuntimeError, ValueError) as error:
            raise StorageError(
                f"the networks of {self.folder} were made by deepclaims {self.about['version']}, "
                f"commit {self.about['commit']}, and do not fit this one "
                f"({' '.join(str(error).split())})"
            ) from error

    def key(self, leads: int) -> str:
        """Of the networks' folder in the run cache of whoever trained them."""
        return str(self._said(leads)["key"])

    def agreement(self, leads: int) -> Agreement:
        """Of the networks with the records kept for testing."""
        return Agreement(np.asarray(self._said(leads)["confusion"], dtype=np.int64))

    def _said(self, leads: int) -> Mapping[str, Any]:
        if leads not in self.leads:
            known = " and ".join(map(str, self.leads))
            raise StorageError(f"the model has networks for {known} leads, and not for {leads}")
        said: Mapping[str, Any] = self.about["leads"][str(leads)]
        return said

    def _outcome(self, leads: int, seed: int) -> Outcome:
        import pandas as pd

        place = self.folder / str(leads) / str(seed)
        return Outcome({}, {}, {name: pd.read_parquet(place / f"{name}.parquet")
                                for name in TABLES})  # fmt: skip


@dataclass(frozen=True)
class Served:
    """The labellers as MLflow's `pyfunc` serves them."""

    kept: Kept

    def predict(self, record: pd.DataFrame, params: Mapping[str, Any] | None = None) -> Any:
        """The probabilities of N, S, V and F of each beat of one record.

        Args:
            record: a row a sample at 360 Hz, of the whole record: MLII in mV, a second lead if
                there is one, and a column `beat` that marks the samples at which beats are.
            params: none are known.

        Returns:
            A row a beat: `sample`, and a column a class.
        """
        import pandas as pd

        from deepclaims.data.ecg import SCORED

        signal = record.drop(columns=BEAT).to_numpy(np.float64)
        sample = np.flatnonzero(record[BEAT].to_numpy(bool))
        given = self.kept.labeller(signal.shape[1]).probabilities(signal, sample)
        return pd.DataFrame(given, columns=[*SCORED]).assign(sample=sample)


def _load_pyfunc(path: str) -> Served:
    """What MLflow calls to load a model that `Ensembles.write` made."""
    return Served(Kept.read(Path(path)))


def _about(networks: Networks) -> dict[str, Any]:
    return {
        "config": dict(networks.config),
        "key": networks.key,
        "seeds": list(networks.outcomes),
        "confusion": networks.agreement.counts.tolist(),
    }


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
