"""What `deepclaims annotate` is asked for on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.project import Project
from deepclaims.sweep.options import LocalOptions, Options

AUTO, DETECT, STANDARD = "auto", "detect", "atr"
COMPARE, RETRY = "--compare", "--retry-failed"
LANGUAGES = ("en", "es")
TEXTS = ("annotator", "lead", "second", "out", "extension", "language")
LISTED = (
    "RECORD, annotator=NAME|detect, lead=NAME, second=NAME|none, out=FOLDER, extension=NAME, "
    f"at=SECONDS, language=en|es, executor…=, {COMPARE}, {RETRY}"
)


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    record: str
    annotator: str = AUTO
    lead: str = "MLII"
    second: str = AUTO
    out: str = "annotated"
    extension: str = "deep"
    at: float | None = None
    language: str = "en"
    compare: bool = False
    executor: Options = field(default_factory=LocalOptions)

    @property
    def reference(self) -> str:
        """Extension of the annotation file whose labels are compared with."""
        return STANDARD if self.annotator in (AUTO, DETECT) else self.annotator


def read_wish(words: Sequence[str], project: Project) -> Wish:
    """Read the command line.

    Raises:
        ConfigError: for what is not known; lists what is.
    """
    records = [word for word in words if "=" not in word and not word.startswith("-")]
    found: dict[str, Any] = {}
    executor = ["executor.retry_failed=true"] if RETRY in words else []
    for word in words:
        key, equals, value = word.partition("=")
        if word in (*records, COMPARE, RETRY):
            continue
        if key.partition(".")[0] == "executor" and equals:
            executor.append(word)
        elif key in TEXTS and value:
            found[key] = value
        elif key == "at" and equals:
            found[key] = _seconds(value)
        else:
            raise ConfigError(f"annotate does not know '{word}'; known: {LISTED}")
    if len(records) != 1:
        raise ConfigError(
            "name one record: deepclaims annotate RECORD, the path of a WFDB record, or the "
            "number of one of MIT-BIH that has been fetched"
        )
    if found.get("language", "en") not in LANGUAGES:
        raise ConfigError(f"language={found['language']}; known: {', '.join(LANGUAGES)}")
    for key in ("extension", "annotator"):
        if not str(found.get(key, STANDARD)).isalpha():
            raise ConfigError(f"{key}={found[key]}: WFDB has letters only there")
    return Wish(
        records[0], **found, compare=COMPARE in words, executor=_executor(executor, project)
    )  # type: ignore[arg-type]


def _executor(words: Sequence[str], project: Project) -> Options:
    if not words:
        return LocalOptions()
    from deepclaims.sweep.compose import Composer
    from deepclaims.sweep.options import read_executor

    return read_executor(Composer(project.conf).config(words)["executor"])


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ConfigError(f"at={value} is no number of seconds")
    return seconds
