"""What `deepclaims annotate` and `deepclaims evaluate` are asked for on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deepclaims.arguments import Arguments, Given, Key
from deepclaims.data.wfdb_record import NAME
from deepclaims.ecg.beats import AUTO, DETECT, STANDARD
from deepclaims.errors import ConfigError
from deepclaims.languages import LANGUAGES
from deepclaims.project import Project
from deepclaims.sweep.options import LocalOptions, Options
from deepclaims.tracking.settings import TRACKING, tracking_of

COMPARE, RETRY = "--compare", "--retry-failed"


@dataclass(frozen=True)
class AnnotateOptions:
    """What the command line asks for."""

    record: str
    annotator: str = AUTO
    lead: str = "MLII"
    second: str = AUTO
    out: str = "annotated"
    extension: str = "deep"
    at: float | None = None
    language: str = "en"
    model: str = ""
    server: str = ""
    compare: bool = False
    executor: Options = field(default_factory=LocalOptions)

    @property
    def reference(self) -> str:
        """Extension of the annotation file whose labels are compared with."""
        return STANDARD if self.annotator in (AUTO, DETECT) else self.annotator


@dataclass(frozen=True)
class EvaluateOptions:
    """What the command line asks `evaluate` for."""

    records: tuple[str, ...]
    test: str = ""
    reference: str = STANDARD
    mapping: str = "ec57"
    start: float = 300.0
    annotator: str = AUTO
    lead: str = "MLII"
    second: str = AUTO
    out: str = ""
    model: str = ""
    server: str = ""
    executor: Options = field(default_factory=LocalOptions)


def read_evaluate_options(words: Sequence[str], project: Project) -> EvaluateOptions:
    """Read the command line of `evaluate`.

    Raises:
        ConfigError: for what is not known; lists what is.
    """
    given = EVALUATE.read(words)
    retry = ["executor.retry_failed=true"] if RETRY in given.flags else []
    executor = _executor([*retry, *given.passed], project)
    return EvaluateOptions(given.words, **_values(given, project), executor=executor)


def read_options(words: Sequence[str], project: Project) -> AnnotateOptions:
    """Read the command line.

    Raises:
        ConfigError: for what is not known; lists what is.
    """
    given = ARGUMENTS.read(words)
    retry = ["executor.retry_failed=true"] if RETRY in given.flags else []
    executor = _executor([*retry, *given.passed], project)
    return AnnotateOptions(
        given.word, **_values(given, project), compare=COMPARE in given.flags, executor=executor
    )


def _values(given: Given, project: Project) -> dict[str, Any]:
    """The values of the keys; instead of those of tracking, the server that they mean."""
    if given["model"] and given.values.get("test"):
        raise ConfigError("test= scores a file and model= networks: name one of them")
    tracking = tracking_of(project.conf, given.values)
    values = {name: value for name, value in given.values.items() if name not in TRACKING}
    return {**values, "server": tracking.server}


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
        raise ConfigError(f"{value} is no number of seconds")
    return seconds


def _extension(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ConfigError(
            f"'{value}' is no extension of an annotation file: WFDB allows letters, digits, _, - "
            "and ~ there"
        )
    return value


RECORD_HINT = (
    "name {}, by the path of a WFDB record or the number of one of MIT-BIH that has been fetched"
)
LEADS = {
    "lead": Key(
        default="MLII",
        says="the first lead; the networks know MLII; NAME#2 is the second of that name",
    ),
    "second": Key("NAME|none", default=AUTO, says="the second lead"),
}
MODEL = {
    "model": Key(
        "models:/NAME@ALIAS|models:/NAME/VERSION",
        default="",
        says="networks of MLflow's model registry; without it those of conf/annotate.yaml",
    ),
    **TRACKING,
}
EXECUTOR = {"executor": "executor=local|ray|slurm executor.KEY=VALUE"}

ARGUMENTS = Arguments(
    "annotate",
    {
        "annotator": Key(
            "NAME|detect",
            default=AUTO,
            read=_extension,
            says="extension of the file that says where the beats are; detect: the detector XQRS",
        ),
        **LEADS,
        "out": Key("FOLDER", default="annotated", says="where the files go"),
        "extension": Key(default="deep", read=_extension, says="of the annotation file"),
        "at": Key("SECONDS", read=_seconds, says="where the picture begins"),
        "language": Key(choices=LANGUAGES, default="en", says="of the picture"),
        **MODEL,
    },
    word="RECORD",
    hint=RECORD_HINT.format("one record"),
    flags=(COMPARE, RETRY),
    prefixes=EXECUTOR,
)

EVALUATE = Arguments(
    "evaluate",
    {
        "test": Key(
            "EXTENSION",
            default="",
            read=_extension,
            says="score this annotation file of each record; without it, the trained networks",
        ),
        "reference": Key(
            "EXTENSION",
            default=STANDARD,
            read=_extension,
            says="the annotation files with the truth",
        ),
        "mapping": Key(
            choices=("ec57", "de_chazal"),
            default="ec57",
            says="whether escape beats e, j are S (EC57, bxb) or N (de Chazal et al. 2004)",
        ),
        "start": Key(
            "SECONDS",
            default=300.0,
            read=_seconds,
            says="where scoring begins; EC57 leaves five minutes out",
        ),
        "annotator": Key(
            "NAME|detect",
            default=AUTO,
            read=_extension,
            says="extension of the file that tells the networks where beats are; detect: XQRS",
        ),
        **LEADS,
        "out": Key("FILE", default="", says="a table with every cell, as CSV"),
        **MODEL,
    },
    word="RECORD",
    many=True,
    hint=RECORD_HINT.format("records"),
    flags=(RETRY,),
    prefixes=EXECUTOR,
)
