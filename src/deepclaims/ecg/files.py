"""The files of an annotated record: WFDB annotations, a table of probabilities, a picture."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.data.wfdb_record import NAME
from deepclaims.ecg.strip import CLASSES, Annotated, draw_annotated
from deepclaims.errors import ConfigError, StorageError
from deepclaims.report.style import say

if TYPE_CHECKING:
    from deepclaims.data.wfdb_record import Recording

SIGNATURE = "deepclaims annotate"
NOTE = f"{SIGNATURE}: N S V F by neural networks, num is the probability in %; no clinical use"
COMMENT = '"'
"""WFDB's symbol of an annotation that is a remark."""


@dataclass(frozen=True)
class Files:
    """`<folder>/<name>.<extension>`, and beside it `.<extension>.csv` and `.<extension>.png`.

    Raises:
        ConfigError: the name is none that WFDB allows.
    """

    folder: Path
    name: str
    extension: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ConfigError(
                f"WFDB has no annotation files for a record of the name '{self.name}': it allows "
                "letters, digits, _, - and ~; name its files otherwise"
            )

    @property
    def notes(self) -> Path:
        """The WFDB annotation file."""
        return self.folder / f"{self.name}.{self.extension}"

    @property
    def all(self) -> tuple[Path, Path, Path]:
        """Annotations, table, picture."""
        return (
            self.notes,
            self.notes.with_name(f"{self.notes.name}.csv"),
            self.notes.with_name(f"{self.notes.name}.png"),
        )

    def make_room(self) -> None:
        """Make the folder; refuse to overwrite an annotation file that we have not written.

        Raises:
            ConfigError: there is one; names it.
            StorageError: the folder cannot be written.
        """
        if self.notes.exists() and not (
            self.notes.is_file() and SIGNATURE.encode() in self.notes.read_bytes()
        ):
            raise ConfigError(
                f"{self.notes} is there already and was not made by {SIGNATURE}: name another "
                "extension= or out="
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.folder).close()
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def write(
        self,
        recording: Recording,
        sample: np.ndarray,
        probabilities: np.ndarray,
        reference: np.ndarray | None,
        start: float | None,
        language: str,
    ) -> None:
        """Write all three, or, where one cannot be written, none.

        Args:
            recording: what was annotated.
            sample: (n,) of the beats.
            probabilities: (n, 4).
            reference: (n,) class numbers from elsewhere, -1 for none; None for no comparison.
            start: of the strips, in seconds; None for the most eventful.
            language: of the picture.

        Raises:
            StorageError: the folder cannot be written.
        """
        title = say(
            language,
            f"Registro {self.name}: latidos clasificados por redes neuronales (sin uso clínico)",
            f"Record {self.name}: beats labelled by neural networks (not for clinical use)",
        )
        drawn = Annotated(
            title, recording.rate, recording.leads, recording.signal, sample, probabilities,
            reference, recording.gaps,
        )  # fmt: skip
        picture = draw_annotated(drawn, start, language)
        try:
            draft = Path(tempfile.mkdtemp(prefix=f".{self.name}-", dir=self.folder))
            try:
                self._write_notes(draft, recording.rate, sample, probabilities)
                rows = _rows(recording.rate, sample, probabilities, reference)
                (draft / self.all[1].name).write_text(rows, encoding="utf-8")
                picture.savefig(draft / self.all[2].name, dpi=130)
                for file in self.all:
                    (draft / file.name).replace(file)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def _write_notes(
        self, folder: Path, rate: float, sample: np.ndarray, probabilities: np.ndarray
    ) -> None:
        import wfdb

        label = probabilities.argmax(axis=1)
        percent = np.round(100 * probabilities.max(axis=1)).astype(np.int64)
        # Remarks at sample 0 are the file's own: wfdb's reader does not show them.
        first = min(1, int(sample[0]))
        # wfdb writes extensions of letters only, a rule that WFDB does not have.
        draft = folder / "beats.draft"
        wfdb.wrann(
            draft.stem,
            draft.suffix[1:],
            sample=np.concatenate([[first], sample]),
            symbol=[COMMENT, *[CLASSES[each] for each in label]],
            num=np.concatenate([[0], percent]),
            aux_note=[NOTE, *[""] * len(sample)],
            fs=rate,
            write_dir=str(folder),
        )
        draft.replace(folder / self.notes.name)


def _unwritable(folder: Path, error: OSError) -> StorageError:
    return StorageError(f"cannot write {folder}: {error.strerror or error}")


def _rows(
    rate: float, sample: np.ndarray, probabilities: np.ndarray, reference: np.ndarray | None
) -> str:
    """A line a beat: where it is, what it is called, how probable each class is."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    beside = [] if reference is None else ["reference"]
    table.writerow(["sample", "seconds", "label", *[f"p_{name}" for name in CLASSES], *beside])
    for i, (at, p) in enumerate(zip(sample.tolist(), probabilities, strict=True)):
        row = [at, f"{at / rate:.3f}", CLASSES[p.argmax()], *[f"{each:.4f}" for each in p]]
        if reference is not None:
            row.append(CLASSES[reference[i]] if reference[i] >= 0 else "")
        table.writerow(row)
    return text.getvalue()
