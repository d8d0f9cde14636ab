"""Diagnose a trained net as the lecture does: is its weak point bias or variance.

What it says to do is our reading: the slide's flow chart is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from deepclaims.arguments import Arguments, Key
from deepclaims.data.bayes import Reference, References
from deepclaims.errors import ConfigError
from deepclaims.evidence.diagnosis import Diagnosis
from deepclaims.pipeline.diagnosing import HELD_OUT, TRAIN, reference_of
from deepclaims.project import Project
from deepclaims.report.words import Words
from deepclaims.sweep.store import RunStore

ARGUMENTS = Arguments(
    "diagnose",
    {
        "bayes": Key(
            "NUMBER", read=float, says="the Bayes error, 0 to 1, in place of the stated one"
        )
    },
    word="RUN",
    hint="name one run by its key, or the beginning of it (`deepclaims runs` lists them)",
)
GIVEN = "given"


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims diagnose RUN [bayes=NUMBER]`.

    Raises:
        ConfigError: for an unknown run, or one without train and held-out error.
    """
    given = ARGUMENTS.read(words)
    project, say = Project.here(), Words("en")
    name, metrics, reference = _read(project, given.word)
    if given["bayes"] is not None:
        reference = Reference(given["bayes"], GIVEN, {"en": ""})
    split = next((each for each in HELD_OUT if f"{each}_error" in metrics), HELD_OUT[0])
    missing = [each for each in (TRAIN, f"{split}_error") if each not in metrics]
    if missing:
        raise ConfigError(f"run {name} has no {' and no '.join(missing)}: nothing to diagnose")
    found = Diagnosis(metrics[TRAIN], metrics[f"{split}_error"], reference.error)
    print(f"{name}: train error {found.train:.2%}, {split} error {found.held_out:.2%}")
    print(f"Bayes error {reference.error:.2%}. {say(f'reference_{reference.kind}')} "
          f"{reference.source['en']}".rstrip())  # fmt: skip
    print(f"avoidable bias {found.avoidable_bias:.2%}, generalisation gap {found.gap:.2%}")
    print(
        f"our reading of the lecture, whose flow chart is lost: {say(f'advice_{found.weak_point}')}"
    )


def _read(project: Project, run: str) -> tuple[str, dict[str, float], Reference]:
    """Name, metrics (means over seeds) and Bayes error of a run: of the cache, or of MLflow."""
    store = RunStore(project.runs)
    keys = [key for key in store.keys() if key.startswith(run)]  # noqa: SIM118  not a dict
    if len(keys) > 1:
        raise ConfigError(f"{len(keys)} runs begin with {run}: {', '.join(keys[:5])}")
    if not keys:
        return run, _tracked(project, run), Reference()
    (key,) = keys
    seeds = store.seeds(key)
    if not seeds:
        raise ConfigError(f"run {key} has no finished replica")
    about = store.describe(key)
    each = [store.metrics(key, seed) for seed in seeds]
    metrics = {name: fmean(one[name] for one in each) for name in each[0]}
    sources = store.load(key, seeds[0]).about.get("sources", {})
    reference = reference_of(References.read(project.conf), about["parts"], sources)
    return f"{about['label'] or key} ({len(seeds)} seeds)", metrics, reference


def _tracked(project: Project, run_id: str) -> dict[str, float]:
    from deepclaims.tracking.store import run_metrics

    return run_metrics(project.mlflow, run_id)
