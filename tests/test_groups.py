import re
from dataclasses import dataclass

import pytest

from deepclaims.errors import ConfigError
from deepclaims.groups import Table, read_options


def scaled(x, *, factor, offset=0):
    return factor * x + offset


CHOICES = Table("thing", {"scaled": scaled})


def test_choose_calls_with_the_options():
    assert CHOICES.choose({"name": "scaled", "factor": 3}, 2) == 6


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"name": "bent"}, "there is no thing 'bent'; known: scaled"),
        ({}, "there is no thing 'None'"),
        ({"name": "scaled"}, "thing=scaled needs factor"),
        ({"name": "scaled", "faktor": 2}, "no option faktor; known: factor, offset"),
    ],
)
def test_choose_refuses_what_it_does_not_know(config, message):
    with pytest.raises(ConfigError, match=message):
        CHOICES.choose(config, 2)


@dataclass(frozen=True)
class Options:
    lambda_: float = 0.0
    depth: int = 1


def test_read_options_drops_the_name_and_the_underscore():
    assert read_options("g", Options, {"name": "x", "lambda": 0.5}) == Options(lambda_=0.5)


def test_read_options_lists_what_it_knows():
    with pytest.raises(ConfigError, match="g has no option width; known: lambda, depth"):
        read_options("g", Options, {"width": 3})


def test_the_document_on_training_names_every_choice(checkout):
    rows = [
        line.split("|")[1:3]
        for line in (checkout / "docs" / "training.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    told = {name: row for names, row in rows for name in re.findall(r"`(\w+)`", names)}
    for group in ("model", "init", "optimizer", "schedule", "regularizer", "augment", "trainer",
                  "callbacks", "logger"):  # fmt: skip
        known = {file.stem for file in (checkout / "conf" / group).glob("*.yaml")}
        assert known <= set(re.findall(r"`(\w+)`", told[group])), group
