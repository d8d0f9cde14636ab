"""How all of it was done: methods counted from the evidence, machine, glossary, trained cells."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from deepclaims.evidence.check import Text
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.evidence.sentence import Ruling
from deepclaims.report import summary
from deepclaims.report.elsewhere import now
from deepclaims.report.pages.edition import Edition

ANY, HOLD, SOME, NONE = "any", "hold", "some", "none"
DECISIONS = (
    ("not_hold", ANY, ANY, Ruling.INCONCLUSIVE),
    ("void", ANY, ANY, Ruling.INCONCLUSIVE),
    (HOLD, HOLD, ANY, Ruling.SUPPORTED),
    (HOLD, "fail_doubtful", ANY, Ruling.INCONCLUSIVE),
    (HOLD, "fail_none_open", HOLD, Ruling.CORRECTED),
    (HOLD, "fail", "not_hold_or_open", Ruling.REFUTED),
    (HOLD, "open", ANY, Ruling.INCONCLUSIVE),
)
"""Controls, checks of the sentence, checks of its repair, ruling: the first row that fits."""


def render(edition: Edition) -> Iterator[tuple[str, str]]:
    """Methods, machine, glossary and cells of an edition: path and HTML."""
    records = edition.records
    rows = [(record, cell) for record in records for cell in record.diagnoses]
    counted = summary.sentences(records)
    yield edition.page(
        "methods",
        "pages/methods.html",
        decisions=DECISIONS,
        family=sum(counted.values()),
        studies=summary.studies(records),
        tested=len(edition.rulings),
        measurable=len(edition.lectures.sentences) if edition.lectures else len(edition.rulings),
        methods=_methods(records),
        attempts=sorted(Counter(record.attempt for record in records).items()),
        looks=_looks(records),
        transfers=Counter(str(each.state) for record in records for each in now(record).values()),
        seeds=_ends(seed for record in records for seed in record.seeds),
        post_hoc=sum(bool(record.post_hoc) for record in records),
        sources=_sources(records),
        profiles=sorted({record.profile for record in records}),
        runs=sum(record.n_runs or 0 for record in records),
        replicas=sum(record.n_replicas or 0 for record in records),
        cells=len(rows),
    )
    yield edition.page("machine", "pages/machine.html", **_machine(records))
    yield edition.page("glossary", "pages/glossary.html", entries=_glossary(edition))
    if rows:
        yield edition.page("cells", "pages/cells.html", rows=rows)


def _methods(records: Sequence[EvidenceRecord]) -> list[tuple[str, int]]:
    """How many checks each interval method gave the interval of, the commonest first."""
    found = Counter(
        finding.estimate.method
        for record in records
        for finding in record.findings
        if finding.estimate
    )
    return found.most_common()


def _looks(records: Sequence[EvidenceRecord]) -> tuple[int, int]:
    """How many second looks count, and how many of them gave the published verdict."""
    current = [
        look["ruling"] == record.verdict
        for record in records
        for look in record.second_looks
        if not look.get("stale")
    ]
    return len(current), sum(current)


def _ends(seeds: Iterable[int]) -> tuple[int, int] | None:
    seen = sorted(set(seeds))
    return (seen[0], seen[-1]) if seen else None


def _sources(records: Sequence[EvidenceRecord]) -> list[tuple[str, str, int]]:
    """Data set, where it came from, how many claims read it."""
    found = Counter(pair for record in records for pair in record.data_sources.items())
    return [(name, kind, count) for (name, kind), count in sorted(found.items())]


def _machine(records: Sequence[EvidenceRecord]) -> Mapping[str, Any]:
    """What a rerun elsewhere changes: devices, CPU hours, commits, versions."""
    return {
        "devices": Counter(record.device for record in records if record.device).most_common(),
        "hours": sum(record.seconds or 0.0 for record in records) / 3600,
        "commits": Counter(record.commit for record in records if record.commit).most_common(),
        "versions": sorted({pair for record in records for pair in record.versions.items()}),
    }


def _glossary(edition: Edition) -> list[tuple[str, str]]:
    """Terms with what they mean, in the order of the alphabet."""
    entries = glossary().values()
    of = edition.words.of
    return sorted(
        ((of(entry["term"]), of(entry["means"])) for entry in entries),
        key=lambda pair: pair[0].lower(),
    )


@cache
def glossary() -> Mapping[str, Mapping[str, Text]]:
    """The words and letters of the report: `term` and what it `means`, in both languages."""
    source = files("deepclaims.report") / "templates" / "glossary.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
