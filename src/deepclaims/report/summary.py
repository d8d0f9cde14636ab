"""The evidence in short: which check decided a claim, tallies, and the two files for programs."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from deepclaims.evidence.record import VERDICTS, EvidenceRecord, Finding
from deepclaims.evidence.sentence import STUDY
from deepclaims.report import elsewhere

METRICS = "metrics"
"""The folder of the files, one a claim, that `dvc metrics show` makes a table of."""
VERDICT_CODES = {"refuted": 0, "inconclusive": 1, "corrected": 2, "supported": 3}
"""Numbers for programs that compare numbers only."""


def metrics_path(name: str) -> str:
    """Name the file of a claim's row of `dvc metrics show`, relative to the report's folder."""
    return f"{METRICS}/{name}.json"


def tally(records: Iterable[EvidenceRecord]) -> dict[str, int]:
    """How many claims have each verdict, in the order of `VERDICTS`."""
    counts: dict[str, int] = dict.fromkeys(map(str, VERDICTS), 0)
    for record in records:
        counts[record.verdict] += 1
    return counts


def sentences(records: Iterable[EvidenceRecord], *, studies: bool = True) -> dict[str, int]:
    """How many sentences have each ruling, in the order of `VERDICTS`.

    Args:
        records: whose sentences.
        studies: count those that no slide says, too.
    """
    counts: dict[str, int] = dict.fromkeys(map(str, VERDICTS), 0)
    for record in records:
        for each in record.sentences:
            counts[each.ruling] += studies or each.id != STUDY
    return counts


def studies(records: Iterable[EvidenceRecord]) -> int:
    """How many claims no slide makes."""
    return sum(each.id == STUDY for record in records for each in record.sentences)


def decisive(record: EvidenceRecord) -> list[Finding]:
    """The checks that made a verdict what it is, the weightiest first.

    Of an inconclusive claim those that did not hold, controls first: a control that fails decides
    before anything else. Of a refuted claim those that failed; of a corrected one the repairs too;
    of a supported one all of the claim's.
    """
    of_claim = [each for each in record.findings if each.role == "claim"]
    failed = [each for each in of_claim if each.outcome is False]
    if record.verdict == "refuted" and failed:
        return failed
    if record.verdict == "corrected" and failed:
        return failed + [each for each in record.findings if each.role == "repair"]
    if record.verdict == "inconclusive":
        controls = [each for each in record.findings if each.role == "control"]
        undecided = [each for each in controls + of_claim if each.outcome is not True]
        if undecided:
            return undecided
    return of_claim or list(record.findings)


def metrics(records: Sequence[EvidenceRecord]) -> dict[str, float]:
    """Numbers for programs, flat: tallies, and verdict and main estimate of every claim.

    The main estimate is that of the first check of the claim itself (role `claim`), whatever the
    verdict, so that the same key means the same quantity from one version to the next.
    """
    flat: dict[str, float] = {"claims": len(records)}
    flat |= {f"verdicts.{verdict}": count for verdict, count in tally(records).items()}
    flat |= {f"sentences.{ruling}": count for ruling, count in sentences(records).items()}
    flat["post_hoc"] = sum(bool(record.post_hoc) for record in records)
    flat["on_stand_in_data"] = sum(bool(record.stand_ins) for record in records)
    for record in records:
        flat[f"{record.name}.verdict"] = VERDICT_CODES[record.verdict]
        flat |= {f"{record.name}.{end}": found for end, found in _main(record).items()}
    return flat


def metrics_of(record: EvidenceRecord) -> dict[str, str | float]:
    """A claim's row of `dvc metrics show`: its verdict in words, and its main estimate."""
    row: dict[str, str | float] = {"verdict": str(record.verdict)}
    for end, measured in _main(record).items():
        row["check"], _, name = end.rpartition(".")
        row[name] = measured
    return row


def _main(record: EvidenceRecord) -> dict[str, float]:
    """`<check>.value`, `.low` and `.high` of a claim's main estimate, as far as they are finite."""
    main = next((each for each in record.findings if each.role == "claim"), None)
    if main is None or main.estimate is None:
        return {}
    ends = {end: getattr(main.estimate, end) for end in ("value", "low", "high")}
    return {f"{main.check}.{end}": found for end, found in ends.items() if math.isfinite(found)}


def claims(records: Iterable[EvidenceRecord]) -> dict[str, Any]:
    """The published result of every claim by id: verdict and statistics."""
    return {record.id: _claim(record) for record in records}


VOLATILE = ("device", "seconds", "commit", "keys", "versions", "mlflow")
"""Entries of a record that may differ between two runs with the same numbers."""


def provenance(records: Iterable[EvidenceRecord]) -> dict[str, Any]:
    """Where the numbers of every claim were computed, by id: all that a rerun may change."""
    plain = {record.id: record.to_dict() for record in records}
    return {name: {key: each[key] for key in VOLATILE} for name, each in plain.items()}


def _claim(record: EvidenceRecord) -> dict[str, Any]:
    plain = record.to_dict()
    kept = (
        "verdict", "reason", "attempt", "registered", "p_value", "p_adjusted", "post_hoc",
        "second_looks",
        "seeds", "n_runs", "n_replicas", "data_sources", "profile", "command",
    )  # fmt: skip
    checks = {each["check"]: _check(each) for each in plain["findings"]}
    return {
        "chapter": record.chapter,
        "title": plain["claim"]["title"],
        "stand_in_data": list(record.stand_ins),
        "sentences": {each["id"]: _ruling(each) for each in plain["sentences"]},
        "checks": checks,
        "transfers": elsewhere.published(record),
        **{key: plain[key] for key in kept},
    }


def _ruling(sentence: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sentence.items() if key not in ("id", "quotation")}


def _check(finding: dict[str, Any]) -> dict[str, Any]:
    estimate = finding["estimate"] or {}
    kept = ("value", "low", "high", "n", "level", "method")
    return {
        **{key: finding[key] for key in ("role", "relation", "bound", "outcome", "p_value")},
        **{key: estimate.get(key) for key in kept},
        **({"operating": finding["operating"]} if finding["operating"] else {}),
    }
