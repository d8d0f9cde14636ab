"""The pictures that move: their formulas against independent ones, and what the page has."""

import json
import math
import re
from html import unescape
from importlib.resources import files as packaged

import pandas as pd
import pytest

from deepclaims.optim import momentum_law
from deepclaims.report import site
from deepclaims.report.pages import measured, moving
from deepclaims.report.words import Words

BY_ID = {picture.id: picture for picture in moving.PICTURES}


class _Datum:
    def __init__(self, x):
        self.x = x


def value(formula: str, x: float, **constants: float) -> float:
    """A Vega expression without conditions, computed by Python."""
    known = {name: getattr(math, name) for name in ("exp", "pow", "floor")} | {"max": max}
    return eval(formula, {"__builtins__": {}}, {**known, **constants, "datum": _Datum(x)})


@pytest.mark.parametrize(("alpha", "beta"), [(0.05, 0.9), (1.0, 0.9), (1.5, 0.5), (0.3, 0.0)])
def test_momentums_ball_is_the_laws(alpha, beta):
    plain, averaged = BY_ID["momentum"].formula
    law = momentum_law.ball(alpha, beta, h=1.0, v=1.0)
    assert value(averaged, alpha, beta=beta) == pytest.approx(float(law))
    assert value(plain, alpha) == pytest.approx(value(averaged, alpha, beta=0.0))


def test_the_output_of_a_convolution_is_torchs():
    import torch

    for n, k, s, p in ((28, 3, 1, 0), (28, 5, 2, 2), (7, 3, 3, 1)):
        size = torch.nn.Conv1d(1, 1, k, stride=s, padding=p)(torch.zeros(1, 1, n)).shape[-1]
        assert value(BY_ID["convolution"].formula[0], n, k=k, s=s, p=p) == size


def test_a_gate_forgets_as_the_recursion_does():
    cell, output = BY_ID["gates"].formula
    c = 0.8
    for _ in range(7):
        c *= 0.9
    assert value(cell, 7, f=0.9, i=0.8) == pytest.approx(c)
    assert value(output, 7, f=0.9, i=0.8) == pytest.approx(math.tanh(c))


def test_every_picture_has_words_axes_and_a_name_for_each_curve():
    for picture in moving.PICTURES:
        for language in ("es", "en"):
            made = moving.spec(picture, Words(language))
            assert len(made["params"]) == len(picture.sliders)
            assert json.loads(json.dumps(made)) == made
    assert len(BY_ID) == 8


def test_measured_points_are_means_over_seeds(tmp_path):
    rows = [("weights", "share", 1000, 0.9, 1, 0.1), ("weights", "share", 1001, 0.9, 1, 0.3)]
    rows += [("weights", "first", 1000, 0.9, 1, 5.0), ("training", "share", 1000, 0.9, 1, 5.0)]
    columns = ["part", "metric", "seed", "beta1", "step", "value"]
    pd.DataFrame(rows, columns=columns).to_parquet(tmp_path / "replicas.parquet")
    name = "optimisation/momentum-bias-correction"
    found = measured.points([name], lambda _: tmp_path / "replicas.parquet")
    assert found == {"momentum-bias-correction": [{"x": 1.0, "y": pytest.approx(0.2), "at": 0.9}]}


def test_the_page_has_each_with_its_text_points_and_still_picture(record):
    made = record("momentum-lowers-ball", "optimisation", "supported")
    points = {made.id: [{"x": 1.0, "y": 0.25, "at": 0.9}]}
    files = site.render([made], points=points).files
    page = files["es/pictures.html"]
    specs = [
        json.loads(unescape(each)) for each in re.findall(r"<template>(.*?)</template>", page, re.S)
    ]
    assert len(specs) == 8
    assert {"values": points[made.id]} in [layer.get("data") for layer in specs[1]["layer"]]
    assert "<td>0,25" in page
    assert "La ley estacionaria de momentum" in page


def test_the_scripts_weigh_less_than_a_megabyte_and_name_their_licence(catalogue):
    files = site.render(catalogue).files
    scripts = {path: len(text.encode()) for path, text in files.items() if path.endswith(".js")}
    assert len(scripts) == 4
    assert sum(scripts.values()) < 1_000_000
    folder = packaged("deepclaims.report") / "static" / "vega"
    assert "BSD-3-Clause" in (folder / "VERSIONS.txt").read_text()
    assert "University of Washington" in files["static/vega/LICENSE"]
