"""Every claim of the catalogue is complete, and its figures draw in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepclaims.claims import pattern
from deepclaims.claims.claim import catalogue, load, read
from deepclaims.languages import LANGUAGES
from deepclaims.sweep.fingerprint import reachable

CONF = Path(__file__).resolve().parents[2] / "conf"
CLAIMS = catalogue(CONF)
TRAINED = {
    name for name in CLAIMS
    if any(part["task"] == pattern.TRAIN for part in read(CONF, name)["parts"].values())
}  # fmt: skip
"""Claims with trainings, too long for a test: the pipeline itself draws their figures."""


@pytest.mark.parametrize("name", CLAIMS)
def test_nothing_is_missing(name: str) -> None:
    assert pattern.problems(load(CONF, name)) == []


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_measured_does_not_hang_on_what_judges(name: str) -> None:
    claim = load(CONF, name)
    tasks = sorted({part.task for part in claim.parts} - {pattern.TRAIN})
    reached = reachable([pattern.task(claim, task) for task in tasks])
    judging = ("deepclaims.claims.results", "deepclaims.evidence.verdict", "deepclaims.report")
    own = (f"{claim.package}.judge", f"{claim.package}.figures")
    assert not [symbol for symbol in reached if symbol[0].startswith((*judging, *own))]


@pytest.mark.slow
@pytest.mark.parametrize("name", [each for each in CLAIMS if each not in TRAINED])
def test_the_figures_draw_in_both_languages(name: str, measured_here, project_with_data) -> None:
    import matplotlib.pyplot as plt

    results = measured_here(name, "smoke")
    for figure in results.claim.text["figures"]:
        for language in LANGUAGES:
            drawn = pattern.draw(results, figure, language).figure
            assert all(axes.has_data() for axes in drawn.axes if axes.axison), (figure, language)
            plt.close(drawn)
