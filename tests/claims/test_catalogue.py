"""Every claim of the catalogue is complete, and its figures draw in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepclaims.claims import pattern
from deepclaims.claims.claim import catalogue, load
from deepclaims.languages import LANGUAGES

CONF = Path(__file__).resolve().parents[2] / "conf"
CLAIMS = catalogue(CONF)
TRAINED = {
    "approximation/universal-approximation",
    "convolution/convolution-saves-parameters",
    "convolution/lenet-on-mnist",
    "optimisation/adam-combines",
    "optimisation/adaptive-methods-agree",
    "optimisation/nesterov-looks-ahead",
    "optimisation/sgd-noise-regularises",
    "overparametrisation/double-descent-width",
    "recurrence/bidirectional-ecg",
    "recurrence/ecg-inter-patient",
    "regularisation/dropout",
    "signals/init-schemes",
}
"""Claims with trainings, too long for a test: the pipeline itself draws their figures."""


@pytest.mark.parametrize("name", CLAIMS)
def test_nothing_is_missing(name: str) -> None:
    assert pattern.problems(load(CONF, name)) == []


def test_only_claims_with_trainings_are_left_out() -> None:
    trained = {
        name for name in CLAIMS
        if any(part.task == pattern.TRAIN for part in load(CONF, name, "smoke").parts)
    }  # fmt: skip
    assert trained == TRAINED


@pytest.mark.parametrize("name", [each for each in CLAIMS if each not in TRAINED])
def test_the_figures_draw_in_both_languages(name: str, measured_here, project_with_data) -> None:
    import matplotlib.pyplot as plt

    results = measured_here(name, "smoke")
    for figure in results.claim.text["figures"]:
        for language in LANGUAGES:
            drawn = pattern.draw(results, figure, language).figure
            assert all(axes.has_data() for axes in drawn.axes if axes.axison), (figure, language)
            plt.close(drawn)
