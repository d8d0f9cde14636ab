"""What `deepclaims annotate` says: of the record, of the networks, of what they found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deepclaims.data.beats import RATE
from deepclaims.data.gaps import FLAT
from deepclaims.data.wfdb_record import LEAD
from deepclaims.ecg.rhythm import PAUSE, Rhythm
from deepclaims.ecg.strip import CLASSES, NAMES

if TYPE_CHECKING:
    import numpy as np

    from deepclaims.data.wfdb_record import Beats, Recording
    from deepclaims.ecg.agreement import Agreement
    from deepclaims.ecg.trained_labeller import Trained

SURE = 0.9
SAME_PERSON = (("201", "202"), ("202", "201"))
"""Records of MIT-BIH."""
NO_CLINICAL_USE = "not for clinical use: made for teaching, tested on one data base"
STAND_IN = (
    "STAND-IN: the networks have seen a synthetic ECG only, so these labels say nothing about a "
    "patient; fetch and prepare the official files (DEEPCLAIMS_MIRROR, or a network)"
)


def about_record(recording: Recording, beats: Beats, found_by: str) -> list[str]:
    """The record, its leads and beats, and what had to be done to it."""
    minutes, seconds = divmod(round(recording.seconds), 60)
    leads = " and ".join(recording.leads)
    lines = [
        f"record {recording.path.name}: {minutes} min {seconds} s of {leads} at "
        f"{recording.rate:g} Hz, {len(beats.sample)} beats {found_by}"
    ]
    if recording.rate != RATE:
        lines.append(f"resampled from {recording.rate:g} to {RATE} Hz, which the networks know")
    if len(recording.leads) == 1:
        lines.append(f"one lead: the networks used have learnt from {LEAD} alone")
    if recording.leads[0] != LEAD:
        lines.append(f"lead {recording.leads[0]} is taken for {LEAD}, which the networks know")
    lines += about_units(recording)
    if recording.missing:
        share = f"{recording.missing:.1%}" if recording.missing >= 0.001 else "under 0.1%"
        lines.append(f"{share} of the samples are missing, and interpolated")
    if len(recording.gaps):
        lines.append(_gaps(recording))
    return lines


def about_units(recording: Recording) -> list[str]:
    """The leads that are in no unit of voltage."""
    return [
        f"WARNING: lead {name} of {recording.path.name} is in '{unit}', no unit of voltage: it is "
        "read as if in mV. Labels do not depend on its size, but is it an ECG?"
        for name, unit in recording.units.items()
    ]


def _gaps(recording: Recording) -> str:
    first, end = (recording.gaps / recording.rate).T
    longest = int((end - first).argmax())
    count = "a gap" if len(first) == 1 else f"{len(first)} gaps"
    which = "" if len(first) == 1 else "the longest "
    return (
        f"{count} in {recording.leads[0]}, {_clock((end - first).sum())} in all, {which}from "
        f"{_clock(first[longest])} to {_clock(end[longest])}: no interval is taken across, and the "
        "rhythm on either side is looked at by itself"
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"


def about_model(trained: Trained, *names: str) -> list[str]:
    """The networks, what they were trained on, and how far to trust them on records so named."""
    labeller = trained.labeller
    records = [str(number) for number in labeller.training.records]
    what = "MIT-BIH (the official files)" if trained.source == "official" else "the STAND-IN"
    count = len(labeller.networks)
    lines = [
        f"model {trained.key}: {count} network{'s' * (count > 1)}, "
        f"trained on {len(records)} records of {what}"
    ]
    lines += trained.remarks
    scores = trained.agreement
    if scores.counts.sum():
        each = ", ".join(
            f"{label} {_percent(se)}/{_percent(p)}"
            for label, se, p in zip(
                CLASSES, scores.sensitivity, scores.positive_predictivity, strict=True
            )
        )
        lines.append(f"on the records kept for testing, one network alone, Se/+P in %: {each}")
    if learnt := [name for name in names if name in records]:
        lines.append(
            f"WARNING: {_all(learnt)} they were trained on; if it is that one, they may only "
            "remember it"
        )
    for known, other in SAME_PERSON:
        if other in names and known in records and other not in records:
            lines.append(f"WARNING: {other} is the same person as {known}, whom they have seen")
    if trained.source != "official":
        lines.append(STAND_IN)
    return lines


def table(given: np.ndarray) -> list[str]:
    """Beats by class, with the mean probability and how many are in doubt."""
    label, top = given.argmax(axis=1), given.max(axis=1)
    lines = [f"{'class':<20}{'beats':>8}{'share':>9}{'mean p':>9}{f'p < {SURE}':>9}"]
    for number, name in enumerate(CLASSES):
        mine = top[label == number]
        mean = f"{mine.mean():.2f}" if len(mine) else "–"
        lines.append(
            f"{name + ' ' + NAMES[name][1]:<20}{len(mine):>8}{len(mine) / len(label):>9.1%}"
            f"{mean:>9}{int((mine < SURE).sum()):>9}"
        )
    return lines


TRUST = (
    "p is what the networks make of a beat, not how often they are right: on a heart they have not "
    "seen they are often sure and wrong. F is hardly learnt: take it for N or V"
)


def rhythm(found: Rhythm) -> list[str]:
    """Rate, pauses, and for S and V burden, couplets, runs and bigeminy, by the labels given."""
    low, high = found.extremes
    between = f", {low:.0f} to {high:.0f} over eight beats" if low == low else ""
    pauses, hours = found.pauses, max(found.hours, 1e-9)
    longest = f", the longest {pauses.max():.1f} s" if len(pauses) else ""
    lines = [
        f"heart rate {found.rate:.0f} a minute{between}; {len(pauses)} pauses of {PAUSE:g} s or "
        f"more{longest}",
        *_silences(found),
        f"{'ectopy':<20}{'an hour':>9}{'share':>9}{'couplets':>10}{'runs':>7}{'longest':>9}"
        f"{'bigeminy':>10}",
    ]
    for number, name in enumerate(CLASSES):
        if name in ("S", "V"):
            each = found.ectopy(number)
            lines.append(
                f"{name + ' ' + NAMES[name][1]:<20}{each.beats / hours:>9.1f}"
                f"{each.beats / len(found.label):>9.1%}{_an_hour(each.couplets, hours):>10}"
                f"{_an_hour(each.runs, hours):>7}{each.longest or '–':>9}"
                f"{_an_hour(each.bigeminy, hours):>10}"
            )
    return lines


def _silences(found: Rhythm) -> list[str]:
    if not len(found.silences):
        return []
    first, end = found.times[found.silences - 1], found.times[found.silences]
    longest = int((end - first).argmax())
    count = "a stretch" if len(first) == 1 else f"{len(first)} stretches"
    which = "" if len(first) == 1 else "the longest "
    return [
        f"WARNING: {count} of {FLAT:g} s or more without a beat, {_clock((end - first).sum())} in "
        f"all, {which}from {_clock(first[longest])} to {_clock(end[longest])}: counted neither as "
        "pauses nor in the rate; look whether the heart stood still there, or beats were missed"
    ]


def _an_hour(count: int, hours: float) -> str:
    return f"{count / hours:.1f}" if count else "0"


def comparison(found: Agreement, name: str, annotator: str) -> list[str]:
    """The confusion with an annotation file, and what EC57 asks for by class."""
    called = "".join(f"{each:>8}" for each in CLASSES)
    lines = [f"{f'{name}.{annotator}':<12}{called}{'missed':>8}{'Se %':>8}{'+P %':>8}"]
    rows = zip(CLASSES, found.counts, found.missed, found.sensitivity,
               found.positive_predictivity, strict=True)  # fmt: skip
    for label, counts, missed, se, p in rows:
        cells = "".join(f"{count:>8}" for count in counts)
        lines.append(f"{label:<12}{cells}{missed:>8}{_percent(se):>8}{_percent(p):>8}")
    if found.extra.any():
        cells = "".join(f"{count:>8}" for count in found.extra)
        lines.append(f"{'no beat':<12}{cells}")
    agreed, scored = int(found.counts.trace()), int(found.counts.sum() + found.missed.sum())
    lines.append(f"{agreed} of {scored} beats called as there" if scored else "no labels there")
    return lines


def _all(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is the name of a record"
    return f"{', '.join(names)} are names of records"


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.1f}"
