"""Annotate: label the beats of a record with trained networks, for other WFDB programs and eyes.

For teaching and for looking at what such networks do. It is no medical device.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deepclaims.ecg.beats import at_training_rate, beats_to_label
from deepclaims.ecg.options import read_options
from deepclaims.errors import ConfigError
from deepclaims.project import Project

if TYPE_CHECKING:
    import numpy as np

    from deepclaims.data.wfdb_record import Beats, Recording
    from deepclaims.ecg.agreement import Agreement


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims annotate RECORD …`.

    Raises:
        ConfigError: for an unknown word, or files that are not ours to overwrite.
        DataError: for a record that cannot be read or is not fit for it.
        StageError: when the ECG to train on is not prepared.
        StorageError: when a kept network is damaged, a folder cannot be written, or MLflow's
            registry cannot be had.
    """
    project = Project.here()
    options = read_options(words, project)
    from deepclaims.data import wfdb_record
    from deepclaims.ecg import summary
    from deepclaims.ecg.files import Files
    from deepclaims.ecg.rhythm import Rhythm
    from deepclaims.pipeline import records

    path = records.find(options.record, project)
    written = Files(Path(options.out), path.name, options.extension)
    recording = wfdb_record.read_recording(path, options.lead, options.second)
    if options.at is not None and options.at >= recording.seconds:
        raise ConfigError(
            f"at={options.at:g} is beyond the end of {path.name}, which has "
            f"{recording.seconds:.1f} s"
        )
    beats, found_by = beats_to_label(recording, options.annotator)
    reference = wfdb_record.read_beats(recording, options.reference) if options.compare else None
    written.make_room()
    for line in summary.about_record(recording, beats, found_by):
        print(line)

    from deepclaims.ecg.registered import labellers

    trained = labellers(project, options)(len(recording.leads))
    for line in summary.about_model(trained, path.name):
        print(line)
    given = trained.labeller.probabilities(*at_training_rate(recording, beats))
    print("\n" + "\n".join([*summary.table(given), summary.TRUST]))
    rhythm = Rhythm.of(beats.sample, given.argmax(axis=1), recording.rate, recording.gaps)
    print("\n" + "\n".join(summary.rhythm(rhythm)))
    matched = None
    if reference is not None:
        shown, matched = _compared(recording, beats, given, reference)
        print("\n" + "\n".join(summary.comparison(shown, path.name, options.reference)))
    written.write(recording, beats.sample, given, matched, options.at, options.language)
    print(f"\nwritten: {', '.join(map(str, written.all))}\n{summary.NO_CLINICAL_USE}")


def _compared(
    recording: Recording, beats: Beats, given: np.ndarray, reference: Beats
) -> tuple[Agreement, np.ndarray]:
    """The agreement, and for each labelled beat the reference's class (-1 for none)."""
    import numpy as np

    from deepclaims.ecg.agreement import agreement, matched
    from deepclaims.ecg.ec57.scores import window

    within = window(recording.rate)
    classes = given.shape[1]
    called = given.argmax(axis=1)
    found = agreement((reference.sample, reference.label), (beats.sample, called), within, classes)
    pairs = matched(reference.sample, beats.sample, within)
    true = np.full(len(called), -1)
    true[pairs[:, 1]] = reference.label[pairs[:, 0]]
    return found, np.where(true < classes, true, -1)
