"""The same claim measured again with seeds it does not share: whether the verdict stands.

`deepclaims recheck` measures; what it found is kept in `conf/recheck.json`, beside the claims it
is about, so that judging needs no second measurement. A verdict that comes out otherwise with other
seeds is inconclusive, whatever the first set said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from deepclaims import atomic
from deepclaims.errors import StorageError
from deepclaims.evidence.verdict import SPANISH, Ruling, Verdict


@dataclass(frozen=True)
class SecondLook:
    """How a claim came out with other seeds.

    Args:
        ruling: corrected for the number of claims, as the first.
        seeds: how many, and the first and last of them.
        registration: of the claim's file when it was measured.
        profile: smoke, laptop or full.
        sources: where each data set came from.
    """

    ruling: str
    seeds: tuple[int, int, int]
    registration: str
    profile: str
    sources: Mapping[str, str]

    def is_of(self, registration: str, profile: str, sources: Mapping[str, str]) -> bool:
        """Whether it looked at the same claim, on the same data, in the same profile."""
        mine = (self.registration, self.profile, dict(self.sources))
        return mine == (registration, profile, dict(sources))


def read(file: Path) -> dict[str, SecondLook]:
    """The second looks by claim name; none if there is no file.

    Raises:
        StorageError: when the file is damaged.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return {
            name: SecondLook(**{**each, "seeds": tuple(each["seeds"])})
            for name, each in content.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StorageError(
            f"{file} is damaged ({error}): delete it and run `deepclaims recheck` again"
        ) from None


def write(file: Path, looks: Mapping[str, SecondLook]) -> None:
    """Write the second looks, whole or not at all.

    Raises:
        StorageError: when the file cannot be written.
    """
    text = json.dumps({name: asdict(looks[name]) for name in sorted(looks)}, indent=1)
    atomic.write(file, text + "\n")


def confirm(verdict: Verdict, look: SecondLook | None) -> Verdict:
    """The verdict, or inconclusive where other seeds gave another one.

    Args:
        verdict: with the first seeds, corrected for the number of claims.
        look: the second, or None if there was none.
    """
    if look is None or look.ruling == verdict.ruling or verdict.ruling is Ruling.INCONCLUSIVE:
        return verdict
    _, first, last = look.seeds
    return replace(
        verdict,
        ruling=Ruling.INCONCLUSIVE,
        reason={
            "es": f"con estas semillas quedaría {SPANISH[verdict.ruling]} "
            f"({verdict.reason['es']}), pero con otras ({first} a {last}) queda "
            f"{SPANISH[Ruling(look.ruling)]}",
            "en": f"with these seeds it would be {verdict.ruling} ({verdict.reason['en']}), but "
            f"with others ({first} to {last}) it is {look.ruling}",
        },
    )
