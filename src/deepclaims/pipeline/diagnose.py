"""Diagnose a trained model as the lecture does: is its weak point bias or variance.

L1, "Atacar el punto débil": avoidable bias is train error minus Bayes error, the generalisation
gap is validation error minus train error; each is attacked separately.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepclaims.arguments import Arguments, Key
from deepclaims.errors import ConfigError
from deepclaims.project import Project

ADVICE = {
    "bias": "attack the bias: a wider or deeper net, more steps, another optimiser or architecture",
    "variance": "attack the variance: more data, augmentation, weight decay, dropout, stop early",
    "neither": "neither stands out: both are within a point of what can be had",
}
ARGUMENTS = Arguments(
    "diagnose",
    {"bayes": Key("NUMBER", default=0.0, read=float, says="the least error possible, 0 to 1")},
    word="RUN",
    hint="name one MLflow run (`deepclaims ui` shows them)",
)
NOTEWORTHY = 0.01
"""Below one point of error neither part is worth attacking."""


@dataclass(frozen=True)
class Diagnosis:
    """Error rates in [0, 1] and what they come to.

    With noisy labels the train error can be below the Bayes error; the avoidable bias is then 0.
    """

    train: float
    validation: float
    bayes: float = 0.0

    @property
    def avoidable_bias(self) -> float:
        """Train error minus Bayes error, not below zero."""
        return max(0.0, self.train - self.bayes)

    @property
    def gap(self) -> float:
        """Validation error minus train error."""
        return self.validation - self.train

    @property
    def weak_point(self) -> str:
        """`bias`, `variance` or `neither`."""
        if max(self.avoidable_bias, self.gap) < NOTEWORTHY:
            return "neither"
        return "bias" if self.avoidable_bias >= self.gap else "variance"


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims diagnose RUN [bayes=0.0]`.

    Raises:
        ConfigError: for an unknown run, or one without train and validation error.
    """
    given = ARGUMENTS.read(words)
    run_id, bayes = given.word, given["bayes"]
    metrics = _metrics(run_id)
    missing = [name for name in ("train_error", "validation_error") if name not in metrics]
    if missing:
        raise ConfigError(f"run {run_id} has no {' and no '.join(missing)}: nothing to diagnose")
    found = Diagnosis(metrics["train_error"], metrics["validation_error"], bayes)
    print(f"train error {found.train:.2%}, validation error {found.validation:.2%}, "
          f"Bayes error taken as {bayes:.2%}")  # fmt: skip
    print(f"avoidable bias {found.avoidable_bias:.2%}, generalisation gap {found.gap:.2%}")
    print(ADVICE[found.weak_point])


def _metrics(run_id: str) -> dict[str, float]:
    from deepclaims.tracking.store import run_metrics

    return run_metrics(Project.here().mlflow, run_id)
