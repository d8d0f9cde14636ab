"""The Bayes error that the problems are said to have, counted."""

from __future__ import annotations

from typing import Any

from deepclaims.data.teachers import TEACHERS, load_teacher
from deepclaims.evidence.outcome import Outcome


def teacher(config: dict[str, Any], seed: int) -> Outcome:
    """What the teacher itself gets wrong on the test split, whose labels were flipped.

    Args:
        config: options of `data=teacher`, and `arm`, the teacher's name.
        seed: draws the split.

    Returns:
        Metric `test_error`.
    """
    options = {key: value for key, value in config.items() if key != "arm"}
    test = load_teacher({"name": "teacher", "teacher": config["arm"], **options}, seed).test
    wrong = TEACHERS[config["arm"]](test.inputs[0]).long() != test.targets
    return Outcome({"test_error": float(wrong.double().mean())})
