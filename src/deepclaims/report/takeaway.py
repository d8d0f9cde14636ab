"""A claim in one or two sentences, computed from its rulings, and what they do not show.

The sentences are the checks' own words with the number that decided; nothing is typed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from deepclaims.evidence.operating import ENOUGH
from deepclaims.evidence.record import EvidenceRecord, FigureNote, Finding, SentenceNote
from deepclaims.evidence.sentence import STUDY, Ruling
from deepclaims.evidence.transfer import State
from deepclaims.evidence.verdict import said
from deepclaims.report import checks
from deepclaims.report.drawn import Plot
from deepclaims.report.elsewhere import now
from deepclaims.report.words import Words

SAME = 1e-4
"""Relative difference up to which a number in a figure, kept to five digits, is that of a check."""


_SPACES = re.compile(r"[ \n]+")  # but not the spaces that do not break

_ASIDE = re.compile(r"\s\([^()]*\)$")
"""What already stands in parentheses at the end, and is not a factor of a formula."""

_PROSE = re.compile(r"(?:[a-zñáéíóú]{2,}|[aoye])[ ,:]")
"""How a sentence begins that begins with a word."""

_LEAD = {
    Ruling.SUPPORTED: {"es": "Se sostiene: ", "en": "Holds: "},
    Ruling.REFUTED: {"es": "No se sostiene: ", "en": "Does not hold: "},
    Ruling.INCONCLUSIVE: {"es": "Sin decidir: ", "en": "Undecided: "},
}
"""What need not be said again once it was said of all sentences."""


def findings_of(record: EvidenceRecord, note: SentenceNote, role: str = "") -> list[Finding]:
    """The checks that a sentence's ruling rests on, or those of a role among them."""
    return [each for each in record.findings
            if each.check in note.checks and (not role or each.role == role)]  # fmt: skip


def deciding_of(record: EvidenceRecord, note: SentenceNote) -> Finding | None:
    """The check on which a ruling turns.

    Of an undecided sentence the control or check that is in the way, of one that does not stand the
    first that fails, of one that stands the first that has an interval.
    """
    claims = findings_of(record, note, "claim")
    failed = [each for each in claims if each.outcome is False]
    controls = [each for each in findings_of(record, note, "control") if each.outcome is not True]
    open_ones = [each for each in claims if each.outcome is None]
    measured = [each for each in claims if each.estimate and each.estimate.low < each.estimate.high]
    match note.ruling:
        case Ruling.INCONCLUSIVE:
            order: Iterable[Finding] = chain(controls, open_ones, failed, measured, claims)
        case Ruling.REFUTED | Ruling.CORRECTED:
            order = chain(failed, claims)
        case _:
            order = chain(measured, claims)
    return next(iter(order), None)


def _weightiest(record: EvidenceRecord) -> Iterator[SentenceNote]:
    """The sentences that the headline is of, those with its ruling first."""
    of_it = said(each.id for each in record.sentences)
    notes = [each for each in record.sentences if each.id in of_it]
    yield from (each for each in notes if each.ruling == record.verdict)
    yield from (each for each in notes if each.ruling != record.verdict)


def deciding(record: EvidenceRecord) -> Finding | None:
    """The check on which the claim's headline turns."""
    found = (deciding_of(record, note) for note in _weightiest(record))
    return next((each for each in found if each is not None), None)


def takeaway(record: EvidenceRecord, words: Words) -> str:
    """What came out, in a sentence or two."""
    notes = list(_weightiest(record))
    if not notes:
        return _finished(words.of(record.reason))
    told = _of_sentence(record, notes[0], words)
    if len(notes) == 1:
        return told
    counts: dict[str, int] = {}
    for each in notes:
        counts[each.ruling] = counts.get(each.ruling, 0) + 1
    if len(counts) == 1:
        ruling = notes[0].ruling
        all_of = "tally_both" if len(notes) == 2 else "tally_all"
        lead = words(all_of, n=len(notes), what=words(f"tally_{ruling}_many"))
        return lead + _finished(told.removeprefix(words.of(_LEAD.get(Ruling(ruling)))))
    parts = [words(f"tally_{ruling}" + ("" if n == 1 else "_many_n"), n=n)
             for ruling, n in counts.items()]  # fmt: skip
    return words("tally_some", n=len(notes), parts=_joined(parts, words)) + told


def headline(record: EvidenceRecord, words: Words) -> str:
    """What decided, beside a badge that has the verdict: no tally, nothing to say instead."""
    note = next(_weightiest(record), None)
    if note is None:
        return _finished(words.of(record.reason))
    told = _of_sentence(record, replace(note, repair={}), words)
    return _finished(told.removeprefix(words.of(_LEAD.get(Ruling(note.ruling)))))


def _of_sentence(record: EvidenceRecord, note: SentenceNote, words: Words) -> str:
    check = deciding_of(record, note)
    if check is None or _is_overruled(note, check):
        return _finished(words("took_inconclusive_because", reason=words.of(note.reason)))
    stated = told(record, check, words)
    match note.ruling:
        case Ruling.INCONCLUSIVE:
            kind = "doubtful" if check.outcome is False else "open"
            kind = "control" if check.role == "control" else kind
            return _finished(words(f"took_{kind}", stated=stated))
        case Ruling.CORRECTED if note.repair:
            repair = words.of(note.repair)
            return (
                words("took_corrected", stated=stated)
                + " "
                + _finished(words("took_instead", repair=repair))
            )
        case _:
            return _finished(words(f"took_{note.ruling}", stated=stated))


def _is_overruled(note: SentenceNote, check: Finding) -> bool:
    """Whether the check is decided and the sentence is not, and no doubt of the slide is why."""
    if note.ruling != Ruling.INCONCLUSIVE or check.role == "control" or check.outcome is None:
        return False
    return check.outcome is True or not note.doubt


def told(record: EvidenceRecord, check: Finding, words: Words) -> str:
    """What a check found, in its words, with the number that has a noun, a unit or an interval.

    An exact number of which the words do not say what it is, as how far two formulas are apart,
    adds nothing to them.
    """
    of = checks.quantity(record, check)
    means = checks.stated(words.of(check.means).rstrip("."), of, words.language)
    exact = check.estimate is None or check.estimate.low == check.estimate.high
    number = "" if exact and of == checks.NONE else number_of(check, record, words)
    if not number:
        return means
    return f"{means[:-1]}; {number})" if _ASIDE.search(means) else f"{means} ({number})"


def number_of(check: Finding, record: EvidenceRecord, words: Words) -> str:
    """A check's number with its noun and unit, and its interval; "" where none could be had."""
    value, interval = checks.measured(check, words, checks.quantity(record, check))
    if value == "–":
        return ""
    noun = checks.noun(record, check, words)
    return f"{noun}{value}{f' {interval}' if interval else ''}"


def limits(record: EvidenceRecord, words: Words) -> list[str]:
    """What a claim does not show, the gravest first: `limits` of its file come before all."""
    return [_finished(each) for each in _limits(record, words)]


def _limits(record: EvidenceRecord, words: Words) -> Iterator[str]:
    yield from map(words.of, record.claim.get("limits", ()))
    real = [name for name, source in record.data_sources.items() if source != "computed"]
    n = len(_reporting(record))
    if real:
        names = _joined([words(f"data_{name}") if words.has(f"data_{name}") else name
                         for name in real], words)  # fmt: skip
        seeds = words.limit_seeds_one if n == 1 else words("limit_seeds", n=n)
        yield words("limit_data", data=names, seeds=seeds)
    else:
        yield words.limit_formula
    for name, there in now(record).items():
        data = words(f"data_{name}") if words.has(f"data_{name}") else name
        if there.state in (State.FAILS, State.UNSEEN):
            yield words(f"limit_{there.state}", data=data)
    if record.post_hoc:
        yield words.limit_post_hoc
    yield from (words("limit_open", says=words.of(each.says)) for each in record.findings
                if each.role in ("claim", "repair") and each.outcome is None)  # fmt: skip
    undecided = (each.operating for each in record.findings if each.outcome is None)
    if any(operating and operating.power < ENOUGH for operating in undecided):
        yield words.limit_power
    if any(note.reading == "operational" and note.id != STUDY for note in record.sentences):
        yield words.limit_reading


def _reporting(record: EvidenceRecord) -> list[int]:
    """The seeds whose numbers are told of the data, if there are any.

    Those that only chose a tuned value are none of them, nor those of parts without data alone.
    """
    parts = record.claim.get("parts", {}).values()
    choosing = _seeds(part["tune"]["seeds"] for part in parts if part.get("tune"))
    every = record.claim.get("seeds")
    own = [(part.get("data") != [], part.get("seeds") or every) for part in parts]
    on_data = _seeds(each for reads, each in own if reads and each)
    computed = _seeds(each for reads, each in own if not reads and each)
    apart = choosing | (computed - on_data if on_data else set())
    return [seed for seed in record.seeds if seed not in apart] or list(record.seeds)


def _seeds(ranges: Iterable[Mapping[str, int]]) -> set[int]:
    return {each["first"] + place for each in ranges for place in range(each["count"])}


def deciding_figure(
    record: EvidenceRecord, plots: Iterable[tuple[FigureNote, Plot | None]]
) -> FigureNote | None:
    """The figure that shows the number on which the ruling turns.

    The claim's file may name it (`deciding`); else it is the first in which the number of the
    deciding check was drawn, as it is or in per cent; else the first of the file.
    """
    if not record.figures:
        return None
    named = record.claim.get("deciding")
    if found := next((each for each in record.figures if each.name == named), None):
        return found
    check = deciding(record)
    if check is not None and check.estimate is not None and check.estimate.value:
        for figure, plot in plots:
            if plot is not None and _shows(plot, check.estimate.value):
                return figure
    return record.figures[0]


def _shows(plot: Plot, value: float) -> bool:
    wanted = (value, 100 * value, -value, -100 * value)
    return any(
        abs(drawn - each) <= SAME * abs(each)
        for panel in plot.panels
        for series in panel.series
        for drawn in (*series.x, *series.y)
        if isinstance(drawn, float) and drawn
        for each in wanted
    )


def _finished(text: str) -> str:
    text = _SPACES.sub(" ", text).strip()
    if _PROSE.match(text):  # σ(z), w* and g are symbols, and stay
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def _joined(parts: list[str], words: Words) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {words.conjunction} {parts[-1]}"
