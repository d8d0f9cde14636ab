"""The scores of records as text to read, and as a table for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import numpy as np

from deepclaims.ecg.ec57.scores import Counts, Ratio, Scores
from deepclaims.ecg.ec57.track import CLASSES

ROWS = CLASSES + "OX"
COLUMNS = ROWS.lower()
GROSS, AVERAGE = "gross", "average"
SCORED = {"QRS": "beats", "V": "ventricular", "S": "supraventricular", "F": "fusion", "N": "normal"}


def as_text(records: Mapping[str, Scores]) -> list[str]:
    """A line a record, the gross and average figures, and the matrix of all records."""
    head = "".join(f"{f'{name} Se':>8}{'+P':>7}" for name in SCORED)
    lines = [f"{'record':<9}{head}{'V FPR':>8}{'RR ms':>8}"]
    figures = {name: _figures(scores) for name, scores in records.items()}
    if len(records) > 1:
        figures[GROSS] = _figures(Scores.gross([*records.values()]))
        figures[AVERAGE] = _average([figures[name] for name in records])
    lines += [f"{name:<9}{_line(row)}" for name, row in figures.items()]
    return [*lines, "", *_matrix(Scores.gross([*records.values()]))]


def as_csv(records: Mapping[str, Scores]) -> str:
    """A row a record and one of all: every cell of the matrix, counts, and figures in %."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    rows = dict(records) | ({GROSS: Scores.gross([*records.values()])} if len(records) > 1 else {})
    for at, (name, scores) in enumerate(rows.items()):
        row = _row(scores)
        if at == 0:
            table.writerow(["record", *row])
        table.writerow([name, *row.values()])
    return text.getvalue()


def _row(scores: Scores) -> dict[str, object]:
    found: dict[str, object] = {
        f"{true}{called}": int(scores.matrix[i, j])
        for i, true in enumerate(ROWS)
        for j, called in enumerate(COLUMNS)
        if i < len(CLASSES) or j < len(CLASSES)
    }
    for name, attribute in SCORED.items():
        counts: Counts = getattr(scores, attribute)
        key = name.lower()
        found |= {f"{key}_tp": counts.tp, f"{key}_fn": counts.fn, f"{key}_fp": counts.fp}
        found |= {f"{key}_se": _percent(counts.se), f"{key}_pp": _percent(counts.pp)}
    fpr, missed = scores.ventricular_fpr, scores.missed_in_shutdown
    return found | {
        "v_fpr": _percent(fpr, 3),
        "v_fpr_of": fpr.whole,
        "rr_rms_ms": f"{scores.rr_error:.2f}",
        "missed_in_shutdown": missed.part,
        "shutdown_s": int(scores.shutdown + 0.5),
    }


def _figures(scores: Scores) -> list[float]:
    pairs = [(counts.se.percent, counts.pp.percent)
             for counts in (getattr(scores, each) for each in SCORED.values())]  # fmt: skip
    return [*np.ravel(pairs), scores.ventricular_fpr.percent, scores.rr_error]


def _average(rows: list[list[float]]) -> list[float]:
    """Over those records for which a figure is defined."""
    columns = np.array(rows).T
    return [float(np.mean(x[~np.isnan(x)])) if (~np.isnan(x)).any() else np.nan for x in columns]


def _line(figures: list[float]) -> str:
    *rates, fpr, rr = figures
    shown = "".join(f"{_shown(x):>{8 - i % 2}}" for i, x in enumerate(rates))
    return f"{shown}{_shown(fpr, 3):>8}{rr:>8.2f}"


def _matrix(scores: Scores) -> list[str]:
    head = "".join(f"{each:>8}" for each in COLUMNS)
    lines = [f"{'true, called':<14}{head}"]
    for i, name in enumerate(ROWS):
        cells = scores.matrix[i, : len(COLUMNS) if i < len(CLASSES) else len(CLASSES)]
        lines.append(f"{name:<14}" + "".join(f"{count:>8}" for count in cells))
    return [*lines, "o, O: missed, and not there; x, X: the same where nothing can be read"]


def _shown(percent: float, digits: int = 2) -> str:
    return "–" if np.isnan(percent) else f"{percent:.{digits}f}"


def _percent(ratio: Ratio, digits: int = 2) -> str:
    return f"{ratio.percent:.{digits}f}" if ratio.whole else ""
