"""References are filled in as OmegaConf fills them, which is asked for everything here."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from deepclaims.claims import references
from deepclaims.claims.claim import MEASURED, PROFILES, catalogue, load, read

CONF = Path(__file__).resolve().parents[2] / "conf"


def by_omegaconf(content, adopted):
    merged = OmegaConf.merge({"claim": content}, {"claim": adopted})
    return OmegaConf.to_container(merged, resolve=True)["claim"]


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", catalogue(CONF))
def test_every_claim_is_what_omegaconf_makes_of_it(name, profile):
    written = read(CONF, name)
    adopted = (written.get("profiles") or {}).get(profile) or {}
    content = {key: written[key] for key in written if key in {*MEASURED, *adopted}}
    wanted = by_omegaconf(content, adopted)
    claim = load(CONF, name, profile)
    assert repr({key: claim.text[key] for key in content}) == repr(wanted)  # the order, too


GRID = {"grid": {"B": [1, 4], "lr": 0.1}, "seeds": {"first": 3, "count": 2}}


@pytest.mark.parametrize(
    ("parts", "adopted"),
    [
        ({"a": {"grid": {"B": "${claim.grid.B}"}, "x": None}}, {}),
        ({"a": {"grid": "${claim.grid}", "arms": ["lr=${claim.grid.lr}"]}}, {"grid": {"B": [2]}}),
        ({"a": {"seeds": "${claim.seeds}"}}, {"parts": {"a": {"seeds": {"count": 9}}}}),
        ({"a": {"x": 1}, "b": {"x": "${claim.parts.a.x}", "y": "${.x}"}}, {}),
        (
            {"a": {"x": "\\${claim.grid.lr}", "y": "???"}},
            {"parts": {"b": {"x": "${claim.grid.B}"}}},
        ),
        ({"a": {"x": {"y": 1}}}, {"parts": {"a": {"x": None}}, "grid": {"new": [1]}}),
        ({"a": {"x": {"y": 1}}}, {"parts": {"a": {"x": "???"}}}),
    ],
)
def test_whatever_is_referred_to(parts, adopted):
    content = {**GRID, "parts": parts}
    before = repr((content, adopted))
    assert references.filled(content, adopted) == by_omegaconf(content, adopted)
    assert repr((content, adopted)) == before


def test_what_is_not_there_is_said_by_its_name():
    with pytest.raises(OmegaConfBaseException, match=r"claim\.grid\.C"):
        references.filled({**GRID, "parts": {"a": "${claim.grid.C}"}}, {})
