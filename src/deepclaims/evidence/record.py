"""What judging leaves of a claim: one JSON file that a report can be made from, and nothing else.

The file of claim `<chapter>/<id>` is `evidence/<chapter>/<id>.json`; its figures lie beside it in
`evidence/<chapter>/<id>/<figure>.<language>.svg`, `.narrow.svg` and `.json`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from deepclaims.errors import StorageError
from deepclaims.evidence.check import Role, Text
from deepclaims.evidence.diagnosis import DiagnosedCell
from deepclaims.evidence.estimate import Estimate, Relation
from deepclaims.evidence.operating import Operating
from deepclaims.evidence.sentence import Ruling
from deepclaims.languages import LANGUAGES

VERDICTS = (Ruling.SUPPORTED, Ruling.CORRECTED, Ruling.REFUTED, Ruling.INCONCLUSIVE)
"""In the order in which a report counts them."""
ROLES = tuple(Role)
RELATIONS = tuple(Relation)

REAL_SOURCES = ("official", "computed")
"""Data that are what they are called: the published files, or drawn from a stated formula."""


@dataclass(frozen=True)
class Finding:
    """A registered check set against what was measured.

    Args:
        check: its name in the claim's YAML.
        role: what it speaks for: `claim`, `repair`, `control` or `benchmark`.
        relation: `above`, `below`, `within` or `outside`.
        bound: the registered number, or `(low, high)` for `within` and `outside`.
        says: what it means if it holds.
        fails: what it means if it fails.
        sentences: the sentences it belongs to.
        operating: its errors and power; none where nothing is at stake.
        estimate: what was measured; none when it could not be.
        outcome: whether it holds; none while the interval leaves it open.
        p_value: of the check alone, where a test makes sense.
    """

    check: str
    role: str
    relation: str
    bound: float | tuple[float, float]
    says: Text
    estimate: Estimate | None = None
    outcome: bool | None = None
    p_value: float | None = None
    fails: Text = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    operating: Operating | None = None

    @property
    def means(self) -> Text:
        """What the outcome means in words; of an open one what it would mean if it held."""
        return self.fails if self.outcome is False and self.fails else self.says


@dataclass(frozen=True)
class SentenceNote:
    """A sentence of a slide with the ruling on it.

    Args:
        id: of the inventory of the lectures; `study` where no slide says it.
        ruling: one of `VERDICTS`.
        reason: why, in the words of the checks.
        reading: `literal` or `operational`.
        checks: names of those that belong to it.
        quotation: what the slide has, in both languages; the question of a study.
        means: what an operational reading measures.
        repair: the sentence restated.
        doubt: what of the transcription is doubtful.
        p_value: of the ruling, before any correction.
        p_adjusted: corrected for all sentences and attempts.
    """

    id: str
    ruling: str
    reason: Text
    reading: str
    checks: tuple[str, ...]
    quotation: Text
    means: Text | None = None
    repair: Text | None = None
    doubt: Text | None = None
    p_value: float | None = None
    p_adjusted: float | None = None


@dataclass(frozen=True)
class FigureNote:
    """A figure of the claim: the stem of its files and its caption."""

    name: str
    caption: Text


@dataclass(frozen=True)
class MlflowRuns:
    """Where MLflow has the runs: the claim's parent run, and the run of each cell by key."""

    parent: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EvidenceRecord:
    """The evidence of one claim: its text as it was judged, what was measured, the verdict.

    Args:
        claim: the content of the claim's YAML file, the profile merged in.
        verdict: one of `VERDICTS`.
        reason: why that verdict, in a sentence.
        findings: every registered check, in the order of the file.
        sentences: those the claim tests, each with its ruling.
        figures: in the order of the file.
        p_value: of the claim, before the correction over the catalogue.
        p_adjusted: after Holm's correction.
        post_hoc: what in the criterion changed after the claim was first run; empty when the
            criterion is the registered one.
        attempt: number of the attempt at the claim that this is, from its ledger.
        taken_over: of each attempt at its sentences that another claim made, that claim.
        registered: when and at which commit it was registered as it is, before it was looked at;
            none where the ledger does not show it.
        predates_ledger: whether it was worked on before there was a ledger, so that relevant
            effects were set after looks.
        test_seen: whether pilots may have seen the test split.
        relevant_after_look: whether its ledger shows relevant effects that were moved after a look.
        second_looks: how the claim came out with other seeds, each as `second_look.SecondLook` has
            it, with `stale` where the claim has changed since.
        transfers: how it came out on other data sets, each as `transfer.Transfer` has it, with
            `stale` likewise.
        diagnoses: bias and variance of every trained cell; shown, and decides nothing.
        seeds: every seed that was run.
        n_runs: runs (cells) behind the evidence.
        n_replicas: replicas (cells times seeds).
        keys: of the runs.
        data_sources: where each data set came from: `official`, `computed` (from a formula) or
            `embedded` (a stand-in).
        device: what computed it.
        seconds: CPU time, summed over replicas.
        commit: of the code that was run.
        mlflow: the runs in MLflow.
        profile: `smoke`, `laptop` or `full`.
        command: what to type to do it again.
        versions: of the libraries that decide the numbers.
        chapter_title: of the claim's chapter, in both languages.
    """

    claim: Mapping[str, Any]
    verdict: str
    reason: Text
    findings: tuple[Finding, ...] = ()
    sentences: tuple[SentenceNote, ...] = ()
    figures: tuple[FigureNote, ...] = ()
    p_value: float | None = None
    p_adjusted: float | None = None
    post_hoc: tuple[str, ...] = ()
    attempt: int = 1
    taken_over: tuple[str, ...] = ()
    registered: Mapping[str, str] | None = None
    predates_ledger: bool = False
    test_seen: bool = False
    relevant_after_look: bool = False
    second_looks: tuple[Mapping[str, Any], ...] = ()
    transfers: tuple[Mapping[str, Any], ...] = ()
    diagnoses: tuple[DiagnosedCell, ...] = ()
    seeds: tuple[int, ...] = ()
    n_runs: int | None = None
    n_replicas: int | None = None
    keys: tuple[str, ...] = ()
    data_sources: Mapping[str, str] = field(default_factory=dict)
    device: str | None = None
    seconds: float | None = None
    commit: str | None = None
    mlflow: MlflowRuns = field(default_factory=MlflowRuns)
    profile: str = "laptop"
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    chapter_title: Text = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The claim's full name, `chapter/id`."""
        return f"{self.chapter}/{self.id}"

    @property
    def id(self) -> str:
        """The slug of the catalogue."""
        return str(self.claim["id"])

    @property
    def chapter(self) -> str:
        """The chapter's name."""
        return str(self.claim["chapter"])

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """The data sets that are not what their name says."""
        return tuple(
            name for name, source in self.data_sources.items() if source not in REAL_SOURCES
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists, dictionaries and numbers, as JSON can hold them; made once."""
        return self._as_plain

    @cached_property
    def _as_plain(self) -> dict[str, Any]:
        return dict(_plain(self))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Rebuild a record from `to_dict`; `null` stands for "not known" wherever it may.

        Raises:
            ValueError: when something required is missing, unknown or of the wrong kind.
        """
        known: dict[str, Any] = _known(cls, content)
        for key in ("id", "chapter", "title", "statement"):
            _required(_required(known, "claim"), key, "claim.")
        _one_of(VERDICTS, _required(known, "verdict"), "verdict")
        _text(known, "reason")
        for key in ("post_hoc", "seeds", "keys", "second_looks", "transfers", "taken_over"):
            known[key] = tuple(known.get(key, ()))
        known["findings"] = tuple(_finding(each) for each in known.get("findings", ()))
        known["sentences"] = tuple(_sentence(each) for each in known.get("sentences", ()))
        known["figures"] = tuple(
            FigureNote(_required(each, "name", "figures: "), _text(each, "caption"))
            for each in known.get("figures", ())
        )
        known["diagnoses"] = tuple(map(DiagnosedCell.from_dict, known.get("diagnoses", ())))
        known["mlflow"] = MlflowRuns(**_known(MlflowRuns, known.get("mlflow", {})))
        return cls(**known)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a record's file.

        Raises:
            StorageError: when it is missing, no JSON, or not a record; names the file.
        """
        try:
            return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise StorageError(f"cannot read {path}: {error.strerror or error}") from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StorageError(
                f"{path} is damaged ({error}): delete it and run `deepclaims judge` again"
            ) from None


def _finding(content: Mapping[str, Any]) -> Finding:
    known = _known(Finding, content)
    where = f"check {known.get('check')}: "
    relation = _one_of(RELATIONS, _required(known, "relation", where), where + "relation")
    estimate = known.get("estimate")
    return Finding(
        check=_required(known, "check", "findings: "),
        role=_one_of(ROLES, _required(known, "role", where), where + "role"),
        relation=relation,
        bound=_bound(_required(known, "bound", where), relation, where),
        says=_text(known, "says"),
        estimate=None if estimate is None else Estimate.from_dict(estimate),
        outcome=known.get("outcome"),
        p_value=known.get("p_value"),
        fails=known.get("fails", {}),
        operating=Operating.from_dict(known["operating"]) if "operating" in known else None,
        sentences=tuple(known.get("sentences", ())),
    )


def _sentence(content: Mapping[str, Any]) -> SentenceNote:
    known = _known(SentenceNote, content)
    where = f"sentence {known.get('id')}: "
    for key in ("id", "reading"):
        _required(known, key, where)
    _one_of(VERDICTS, _required(known, "ruling", where), where + "ruling")
    for key in ("reason", "quotation"):
        _text(known, key)
    return SentenceNote(**{**known, "checks": tuple(known.get("checks", ()))})


def _bound(bound: Any, relation: str, where: str) -> float | tuple[float, float]:
    if relation in ("within", "outside"):
        if not _is_list(bound) or len(bound) != 2:
            raise ValueError(f"{where}bound of {relation} is two numbers, not {bound!r}")
        return float(bound[0]), float(bound[1])
    if _is_list(bound):
        raise ValueError(f"{where}bound of {relation} is one number, not {bound!r}")
    return float(bound)


def _known(kind: type, content: Mapping[str, Any]) -> dict[str, Any]:
    """Entries that are not null, after refusing those that `kind` does not have."""
    names = [each.name for each in fields(kind)]
    unknown = sorted(set(content) - set(names))
    if unknown:
        raise ValueError(f"unknown {', '.join(unknown)}; known: {', '.join(names)}")
    return {key: value for key, value in content.items() if value is not None}


def _required(content: Mapping[str, Any], key: str, where: str = "") -> Any:
    if content.get(key) is None:
        raise ValueError(f"{where}{key} is missing")
    return content[key]


def _text(content: Mapping[str, Any], key: str) -> Text:
    text = _required(content, key)
    if not isinstance(text, Mapping) or not set(LANGUAGES) <= set(text):
        raise ValueError(f"{key} lacks a language: {text!r}")
    return text


def _one_of(known: Sequence[str], value: str, what: str) -> str:
    if value not in known:
        raise ValueError(f"{what} {value!r} is not one of {', '.join(known)}")
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


DIGITS = 12
"""Significant digits that a record keeps: a number's last bits are the processor's, whose sums and
products have an order of their own, and not the result's."""

_AS_IT_IS = (str, int, bool, type(None))
"""Types of most values there are, told at once: what is below asks ten times as long."""


def _plain(value: Any) -> Any:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Estimate):
        return _plain(value.to_dict())
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if _is_list(value):
        return [_plain(each) for each in value]
    if hasattr(value, "item"):  # a number of numpy
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
