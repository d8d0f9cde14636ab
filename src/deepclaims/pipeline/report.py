"""Where the report is, how the claims came out, and on what data it rests."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from deepclaims.arguments import Arguments
from deepclaims.errors import StageError, StorageError
from deepclaims.project import Project

ARGUMENTS = Arguments("report")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims report`.

    Raises:
        ConfigError: it takes no words.
        StageError: when nothing has been published.
    """
    ARGUMENTS.read(words)
    reports = Project.here().reports
    file = reports / "claims.json"
    try:
        claims = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StageError("nothing is published yet: run `dvc repro` first") from None
    except json.JSONDecodeError:
        raise StorageError(f"{file} is damaged: run `deepclaims publish` again") from None
    verdicts = Counter(claim["verdict"] for claim in claims.values())
    print(
        f"{len(claims)} claims: " + ", ".join(f"{n} {word}" for word, n in verdicts.most_common())
    )
    print(data_line(claims.values()))
    print(f"report: {(reports / 'index.html').as_uri()}")


def data_line(claims: Sequence[dict]) -> str:
    """One line that says whether the claims rest on the official data or on stand-ins."""
    sources: dict[str, str] = {}
    for claim in claims:
        sources |= claim["data_sources"]
    stand_ins = sorted(name for name, source in sources.items() if source == "embedded")
    if not stand_ins:
        return (
            f"data: the official files of {', '.join(sorted(sources))}" if sources else "data: none"
        )
    return (
        f"data: STAND-IN for {', '.join(stand_ins)}, not the official files; with a network, or "
        "DEEPCLAIMS_MIRROR, run `make reproduce` again"
    )
