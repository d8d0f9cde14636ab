"""The committed report says what its tables, this code and the ledgers give."""

import re

import pandas as pd
import pytest

from deepclaims.claims import claim as claims
from deepclaims.pipeline.verify import verify
from deepclaims.project import Project

TESTED = re.compile(r"(?:^|_)test(?:_|$)")
"""In the name of what is measured on a test split."""

LARGEST = 6 * 2**20
"""Bytes that all published tables together may take: they are in Git."""


WHOLE = 27 * 2**20
"""Bytes that the report may take: it is in Git, and cloned by whoever wants to check us."""


@pytest.fixture
def published(checkout):
    """The checkout, if its report has tables."""
    project = Project(checkout)
    if not (project.reports / "tables").is_dir():
        pytest.skip("the report was published before it had tables: `deepclaims publish` adds them")
    return project


@pytest.mark.slow
def test_every_published_verdict_follows_from_the_published_tables(published):
    found = verify(published)
    assert found.differences == ()
    assert found.claims > 0


def test_seeds_that_choose_have_no_score_on_a_test_split(published):
    """Neither a metric nor a curve, in any part that is tuned on data with a test split."""
    seen = 0
    for name in claims.catalogue(published.conf):
        claim = claims.load(published.conf, name)
        tuned = [part for part in claim.parts if part.tune and (part.data or part.task == "train")]
        if not tuned:
            continue
        rows = pd.read_parquet(published.reports / "tables" / name / "replicas.parquet")
        for part in tuned:
            own = rows[(rows["part"] == part.name) & rows["seed"].isin(part.tune.seeds)]
            seen += len(own)
            assert not [each for each in own["metric"].unique() if TESTED.search(each)], part.name
    assert seen


def test_the_published_tables_are_small(published):
    files = (published.reports / "tables").rglob("*.*")
    assert sum(file.stat().st_size for file in files) < LARGEST


def test_the_report_is_small(published):
    files = (file for file in published.reports.rglob("*") if file.is_file())
    assert sum(file.stat().st_size for file in files) < WHOLE


def test_a_projector_tells_each_figure_as_its_page_does(published):
    image = re.compile(r'<img src="[./]*(figures/[^"]+)"[^>]* alt="([^"]*)"')
    for file in published.reports.glob("e[ns]/projector/*.html"):
        told = image.findall(file.read_text(encoding="utf-8"))
        assert told
        for figure, alternative in told:
            name = "/".join(figure.split("/")[1:3])
            page = published.reports / file.parts[-3] / f"{name}.html"
            own = dict(image.findall(page.read_text(encoding="utf-8")))
            assert alternative.endswith(own[figure])
