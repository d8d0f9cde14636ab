"""Made-up evidence to make reports of."""

import math
from collections.abc import Callable

import pytest

from deepclaims.evidence.estimate import Estimate, exact, undecided
from deepclaims.evidence.record import (
    EvidenceRecord,
    FigureNote,
    Finding,
    MlflowRuns,
    SentenceNote,
)
from deepclaims.lectures.deck import Deck, Sentence, Slide, Untested
from deepclaims.lectures.inventory import Lectures


def both(es: str, en: str) -> dict[str, str]:
    return {"es": es, "en": en}


def finding(check: str, role: str, relation: str, bound, estimate: Estimate | None) -> Finding:
    outcome = None if estimate is None else estimate.satisfies(relation, bound)
    says = both(f"se cumple {check}", f"{check} is true")
    return Finding(check, role, relation, bound, says, estimate, outcome, 0.01)


FORMULA = r"""
\begin{aligned} y &= \frac{x}{2} \\
z &= \begin{cases} 0 & x < 0 \\ x & x \ge 0 \end{cases} \end{aligned}
"""

FINDINGS = {
    "supported": (
        finding("gain", "claim", "above", 0.0, Estimate(0.0213, 0.0131, 0.0295, 5, "t, paired")),
        finding("silence", "control", "within", (-0.01, 0.01), exact(0.0)),
    ),
    "corrected": (
        finding("printed", "claim", "below", 1.0, Estimate(1.21, 1.15, 1.27, 5, "t")),
        finding("repaired", "repair", "within", (0.9, 1.1), Estimate(1.0, 0.98, 1.02, 5, "t")),
    ),
    "refuted": (
        finding("first", "claim", "above", 0.0, Estimate(0.4, 0.3, 0.5, 5, "t")),
        finding("second", "claim", "above", 0.0, Estimate(-0.4, -0.5, -0.3, 5, "t")),
    ),
    "inconclusive": (
        finding("wide", "claim", "above", 0.0, Estimate(0.1, -0.3, math.inf, 2, "t")),
        finding("nothing", "control", "outside", (-1.0, 1.0), undecided("t")),
        finding("lost", "control", "below", 2.0, None),
    ),
}


def made(claim_id: str, chapter: str, verdict: str, **changes) -> EvidenceRecord:
    claim = {
        "id": claim_id,
        "chapter": chapter,
        "title": both(f"Título de {claim_id}", f"Title of {claim_id}"),
        "statement": both(
            f"La filmina dice {claim_id} si $x < 1$", f"The slide says {claim_id} if $x < 1$"
        ),
        "formula": FORMULA,
        "source": {"lecture": "L1", "slide": "Dropout <b>", "cites": ["Srivastava et al. 2014"]},
        "question": both("¿Ayuda?", "Does it help?"),
        "criterion": {"text": both("Criterio en palabras", "Criterion in words")},
        "control": both("Control en palabras", "Control in words"),
        "literature": [both("1,25 %", "1.25 %")],
        "notes": both("Una salvedad", "A caveat"),
    }
    sentence = SentenceNote(
        id="L1.s2.3",
        ruling=verdict,
        reason=both("se sostiene: hay ganancia", "it holds: there is a gain"),
        reading="operational",
        checks=tuple(each.check for each in FINDINGS[verdict]),
        quotation=claim["statement"],
        means=both("Contamos errores.", "We count errors."),
        repair=both("Versión corregida", "Corrected version") if verdict == "corrected" else None,
        p_value=0.0002,
        p_adjusted=0.012,
    )
    content = {
        "claim": claim,
        "verdict": verdict,
        "reason": both("se sostiene: hay ganancia", "it holds: there is a gain"),
        "findings": FINDINGS[verdict],
        "sentences": (sentence,),
        "figures": (FigureNote("sweep", both("Error según p & n", "Error against p & n")),),
        "p_value": 0.0002,
        "p_adjusted": 0.012,
        "registered": {"when": "2026-11-28", "commit": "0123456"},
        "seeds": (1000, 1001, 1002),
        "n_runs": 4,
        "n_replicas": 12,
        "keys": ("00ff", "11ee"),
        "data_sources": {"mnist": "official"},
        "device": "cpu",
        "seconds": 75.0,
        "commit": "0123456789abcdef",
        "mlflow": MlflowRuns("parent0", {"00ff": "run0", "11ee": "run1"}),
        "command": f"deepclaims measure claim={chapter}/{claim_id}",
        "versions": {"torch": "2.13.0"},
    }
    return EvidenceRecord(**{**content, **changes})


def deck(*slides: Slide) -> Lectures:
    """An inventory with one made-up deck."""
    return Lectures((Deck("L1", "Mazo <1>", "", "Curso", slides),), {}, {})


@pytest.fixture(scope="session")
def lectures() -> Lectures:
    """A deck on which the claims of `catalogue` rest: three slides, one item of each fate."""
    why = both("No dice nada de eso.", "It says nothing of the kind.")
    tested = Sentence("L1.s2.3", "claim", "Si $x < 1$, sirve", en="If $x < 1$, it helps")
    items = (
        tested,
        Sentence("L1.s2.4", "formula", latex="y = x^2", en="In words: a square"),
        Sentence("L1.s2.5", "procedure", code="for x in y:\n  f(x)", en="A loop",
                 untested=Untested((), why)),
        Sentence("L1.s2.6", "opinion", "Es lindo", note="a taste", claims=("one",)),
        Sentence("L1.s2.7", "figure", note="lost", doubt=both("¿1 o 2?", "1 or 2?")),
    )  # fmt: skip
    return deck(
        Slide("L1.s1", "Portada", "", (Sentence("L1.s1.1", "heading", "Portada"),)),
        Slide("L1.s2", "Cosas", "Parte 1", items),
        Slide("L1.s3", "", "Parte 1", (Sentence("L1.s3.1", "citation", "Alguien 1999"),)),
    )


@pytest.fixture(scope="session")
def record() -> Callable[..., EvidenceRecord]:
    """Make a record: `record(id, chapter, verdict, **fields)`."""
    return made


@pytest.fixture(scope="session")
def catalogue() -> list[EvidenceRecord]:
    """One claim of each verdict, in two chapters."""
    return [
        made("one", "approximation", "supported"),
        made("two", "approximation", "corrected", data_sources={}),
        made("three", "optimisation", "refuted", post_hoc=("criterion", "unheard-of")),
        made("four", "optimisation", "inconclusive", data_sources={"ecg": "official"}),
    ]
