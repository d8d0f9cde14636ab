"""Evaluate: score beat labels against annotated records, beat by beat as ANSI/AAMI EC57 does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from deepclaims import atomic
from deepclaims.ecg.options import EvaluateOptions, read_evaluate_options
from deepclaims.errors import StorageError
from deepclaims.project import Project

if TYPE_CHECKING:
    from deepclaims.ecg.ec57.track import Track
    from deepclaims.ecg.trained_labeller import Trained

ESCAPE_BEATS = {
    "ec57": "escape beats e, j are S, as for EC57 and bxb",
    "de_chazal": "escape beats e, j are N, as for de Chazal et al. 2004 and not for EC57",
}


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims evaluate RECORD… …`.

    Raises:
        ConfigError: for an unknown word.
        DataError: for a record or an annotation file that cannot be read.
        StageError: when the ECG to train on is not prepared.
        StorageError: when a kept network is damaged, or the table cannot be written.
    """
    project = Project.here()
    options = read_evaluate_options(words, project)
    from deepclaims.ecg.ec57.table import as_csv, as_text
    from deepclaims.ecg.evaluation import Reading
    from deepclaims.pipeline import records

    reading = Reading(options.reference, options.mapping, options.start)
    paths = [records.find(name, project) for name in options.records]
    label = _networks(project, options, [path.name for path in paths])
    scores = {
        path.name: reading.score(path, options.test or label(path)) for path in dict.fromkeys(paths)
    }
    start = f"from {options.start:g} s on" if options.start else "the whole record"
    print(
        f"beat by beat as in ANSI/AAMI EC57 against .{options.reference}: within 150 ms, {start}; "
        f"{ESCAPE_BEATS[options.mapping]}\n"
    )
    print("\n".join(as_text(scores)))
    if options.out:
        _write(Path(options.out), as_csv(scores))
        print(f"\nwritten: {options.out}")


def _networks(
    project: Project, options: EvaluateOptions, names: Sequence[str]
) -> Callable[[Path], Track]:
    """What labels a record; the networks are read, and told of, when the first one comes."""

    @cache
    def trained(leads: int) -> Trained:
        from deepclaims.ecg import summary
        from deepclaims.ecg.registered import labellers

        found = labellers(project, options)(leads)
        print("\n".join(summary.about_model(found, *names)) + "\n")
        return found

    def label(path: Path) -> Track:
        from deepclaims.ecg.evaluation import Ensemble

        return Ensemble(trained, options.annotator, options.lead, options.second).label(path)

    return label


def _write(file: Path, text: str) -> None:
    try:
        atomic.write(file, text)
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror or error}") from error
