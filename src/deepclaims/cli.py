"""The command `deepclaims`: one verb a stage, a few to look around. Imports nothing heavy."""

from __future__ import annotations

import difflib
import errno
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from deepclaims import __version__
from deepclaims.errors import DeepclaimsError

UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)
"""What the system says of a folder that cannot be written, or a disk that is full."""
INTERRUPTED = 130
"""The exit code after Ctrl-C, as a shell has it."""
TERMINATED = 143
"""The exit code after SIGTERM, with which `kill`, a queue or a container asks a process to end."""


class TerminatedError(KeyboardInterrupt):
    """Asked to end by SIGTERM: what is under way is left as by Ctrl-C."""


@dataclass(frozen=True)
class Verb:
    """A verb: the module whose `run(words)` carries it out, and what to tell the user of it."""

    module: str
    says: str
    usage: str = ""
    example: str = ""


VERBS = {
    "fetch": Verb(
        "deepclaims.pipeline.fetch",
        "the files of a data set, verified against their sha256",
        "[dataset=all|mnist|mitdb|fashion_mnist] [data.source=auto|mirror|official|embedded]",
        "DEEPCLAIMS_MIRROR=/folder/or/url deepclaims fetch data.source=mirror",
    ),
    "prepare": Verb(
        "deepclaims.pipeline.prepare",
        "raw files to arrays that map into memory",
        "[dataset=all|mnist|ecg|fashion_mnist]",
        "deepclaims prepare dataset=ecg",
    ),
    "register": Verb(
        "deepclaims.pipeline.register",
        "check every claim, and write what decides what is measured",
        "[space=rehearsal/NAME]",
    ),
    "measure": Verb(
        "deepclaims.pipeline.measure",
        "run what a chapter or a claim still lacks, and export its tables",
        "chapter=NAME|all | claim=CHAPTER/ID [profile=smoke|laptop|full] [claim.grid.AXIS=a,b,…] "
        "[space=rehearsal/NAME] [executor=local|ray|slurm] [executor.workers=N] [--retry-failed]",
        "deepclaims measure claim=optimisation/sgd-noise-ball profile=smoke claim.grid.lr=0.1,0.01",
    ),
    "judge": Verb(
        "deepclaims.pipeline.judge",
        "tables to statistics, verdicts and figures",
        "[claim=CHAPTER/ID] [--rehearsal | space=rehearsal/NAME]",
        "deepclaims judge claim=convolution/lenet-parameters",
    ),
    "recheck": Verb(
        "deepclaims.pipeline.recheck",
        "measure again with other seeds, or on another data set: which verdicts stand",
        "chapter=NAME|all | claim=CHAPTER/ID [series=N | data=fashion_mnist] "
        "[profile=smoke|laptop|full] [executor=…]",
        "deepclaims recheck chapter=all",
    ),
    "publish": Verb(
        "deepclaims.pipeline.publish",
        "evidence to the site in reports/, or to one claim's page in it",
        "[pdf=false] [claim=CHAPTER/ID] [--rehearsal | space=rehearsal/NAME]\n"
        "deepclaims publish model=deepclaims-ecg [alias=champion] [tracking=project|server]\n"
        "    [tracking.uri=URI]     (the networks of annotate, to MLflow's model registry)",
        "deepclaims publish claim=convolution/lenet-parameters",
    ),
    "verify": Verb(
        "deepclaims.pipeline.verify",
        "judge the published tables again and hold the report against the outcome; no training",
        "[claim=CHAPTER/ID]",
        "deepclaims verify claim=optimisation/sgd-noise-ball",
    ),
    "restore": Verb(
        "deepclaims.pipeline.restore",
        "the published tables and figures back, to judge and publish without a training",
        "[claim=CHAPTER/ID]",
        "deepclaims restore claim=convolution/lenet-parameters",
    ),
    "report": Verb("deepclaims.pipeline.report", "where the report is, and on what data"),
    "train": Verb(
        "deepclaims.pipeline.train",
        "one training, or a Hydra multirun with -m; cached and tracked",
        "[-m] [group=option …] [key=value …] [executor=local|ray|slurm] [--retry-failed]\n"
        "    [hydra/sweeper=random hydra.sweeper.budget=N]\n"
        "    (--help shows the groups, --cfg job the config)",
        "deepclaims train -m init=he,glorot model.depth=2,10,30 'seed=range(0,5)'",
    ),
    "runs": Verb(
        "deepclaims.pipeline.runs",
        "what the run cache holds, why a cell is not in it, and what of it can go",
        "[claim=ID|none] [key=PREFIX] [label=TEXT] [state=finished|failed] [older=7d] "
        "[sort=age|seconds|size|label]\n"
        "deepclaims runs --why claim=ID [profile=…] | --why [group=option …] [key=value …]\n"
        "deepclaims runs --prune [filters as above] [--yes]",
        "deepclaims runs --why model=lenet optimizer.lr=0.01 seed=0",
    ),
    "annotate": Verb(
        "deepclaims.pipeline.annotate",
        "label the beats of an ECG record (WFDB) with trained networks; not for clinical use",
        "RECORD [annotator=NAME|detect] [lead=MLII] [second=NAME|none]\n"
        "    [out=annotated] [extension=deep] [at=SECONDS] [language=en|es] [--compare]\n"
        "    [model=models:/NAME@ALIAS] [tracking=project|server] [tracking.uri=URI]\n"
        "    [executor=local|ray|slurm] [executor.workers=N] [--retry-failed]\n\n"
        "RECORD     path of a WFDB record, or the number of one of MIT-BIH that was fetched\n"
        "annotator  extension of the file that says where the beats are; without it .atr, and "
        "where\n           there is none, as with annotator=detect, wfdb's detector XQRS\n"
        "lead       the first lead; the networks know MLII\n"
        "second     the second one; without it one that MIT-BIH has too, or none\n"
        "at         where the picture begins; without it where most happens\n"
        "model      networks of MLflow's model registry, as models:/deepclaims-ecg@champion; "
        "without it\n           those that conf/annotate.yaml describes\n"
        "--compare  say how far the labels agree with those of the annotation file",
        "deepclaims annotate 200 --compare",
    ),
    "evaluate": Verb(
        "deepclaims.pipeline.evaluate",
        "score the trained networks, or an annotation file, as ANSI/AAMI EC57 and bxb do",
        "RECORD… [test=EXTENSION] [reference=atr] [mapping=ec57|de_chazal] [start=300]\n"
        "    [annotator=NAME|detect] [lead=MLII] [second=NAME|none] [out=FILE.csv]\n"
        "    [model=models:/NAME@ALIAS] [tracking=project|server] [tracking.uri=URI]\n"
        "    [executor=local|ray|slurm] [executor.workers=N] [--retry-failed]\n\n"
        "RECORD   paths of annotated WFDB records, or numbers of MIT-BIH that were fetched\n"
        "test     an annotation file of each record to score; without it, the trained networks\n"
        "mapping  escape beats e, j are S for EC57 and bxb, and N for de Chazal et al. 2004\n"
        "start    seconds; EC57 leaves the first five minutes to the algorithm",
        "deepclaims evaluate 100 103 105 annotator=detect out=scores.csv",
    ),
    "diagnose": Verb(
        "deepclaims.pipeline.diagnose",
        "avoidable bias, generalisation gap, and what to do about the larger of them",
        "RUN [bayes=NUMBER]\n\n"
        "RUN    the key of a run, or its beginning, as `deepclaims runs` lists them; or MLflow's\n"
        "bayes  the Bayes error, from 0 to 1; without it the one stated in conf/bayes.yaml",
        "deepclaims diagnose 3f2c01",
    ),
    "new": Verb(
        "deepclaims.pipeline.new",
        "a claim of one's own: its YAML, folder and test, from a template that runs as it stands",
        "CHAPTER/ID [--new-chapter]",
        "deepclaims new optimisation/noise-of-a-minibatch",
    ),
    "ledger": Verb(
        "deepclaims.pipeline.ledger",
        "what was promised, tried and seen of each claim, and whether all of it is still there",
        "[claim=CHAPTER/ID | --verify]",
        "deepclaims ledger claim=regularisation/dropout",
    ),
    "list": Verb("deepclaims.pipeline.catalogue", "the catalogue with its verdicts"),
    "slides": Verb(
        "deepclaims.pipeline.slides",
        "the lectures sentence by sentence, with the claims that test each",
        "[L1 | L1.s20 | L1.s20.5] [claim=ID] [--untested] [--doubtful]\n\n"
        "ID          a deck, a slide, or one thing on it, shown in full\n"
        "claim       only what that claim tests\n"
        "--untested  only what no claim tests yet, with the reason\n"
        "--doubtful  only what the slide may have otherwise, with the doubt",
        "deepclaims slides L1.s20",
    ),
    "doctor": Verb(
        "deepclaims.pipeline.doctor", "what this machine and this project have and lack"
    ),
    "ui": Verb(
        "deepclaims.pipeline.ui", "the MLflow UI over all runs", "[port=5000]", "deepclaims ui"
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exits with 0, 1 (failed), 2 (misused), 130 or 143 (asked to end)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _show_what_can_be_shown()
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        sys.exit(0 if words else 2)
    if words[0] == "--version":
        print(f"deepclaims {__version__}")
        sys.exit(0)
    if arguments is None:
        signal.signal(signal.SIGTERM, _terminate)
    code = _run(words[0], words[1:])
    if code in (INTERRUPTED, TERMINATED) and arguments is None:
        _leave_at_once(code)
    sys.exit(code)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise TerminatedError


def _leave_at_once(code: int) -> None:
    """End without waiting for threads: what they write is whole or not there, like a replica.

    An interrupt that a library's import swallowed would also turn the exit code into a signal.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def overview() -> str:
    """The help text."""
    lines = ["deepclaims: what two lecture decks claim of neural networks, put to the test", ""]
    lines += [f"  deepclaims {name:<9} {verb.says}" for name, verb in VERBS.items()]
    lines += ["", "`deepclaims VERB --help` says more. Everything at once: `dvc repro`."]
    return "\n".join(lines)


def _run(name: str, words: list[str]) -> int:
    verb = VERBS.get(name)
    if verb is None:
        close = difflib.get_close_matches(name, VERBS, n=1)
        hint = f" (did you mean '{close[0]}'?)" if close else ""
        print(f"deepclaims: no verb '{name}'{hint}; known: {', '.join(VERBS)}", file=sys.stderr)
        return 2
    if name != "train" and any(word in ("-h", "--help") for word in words):
        print(_help(name, verb))
        return 0
    try:
        importlib.import_module(verb.module).run(words)
    except DeepclaimsError as error:
        print(f"deepclaims {name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        where = error.filename or "a file"
        print(f"deepclaims {name}: cannot write {where}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as stop:
        terminated = isinstance(stop, TerminatedError)
        print(
            f"\ndeepclaims {name}: {'terminated' if terminated else 'interrupted'}; what is "
            "finished is saved, and the same command goes on from there",
            file=sys.stderr,
        )
        return TERMINATED if terminated else INTERRUPTED
    return 0


def _show_what_can_be_shown() -> None:
    """Where a terminal knows few letters, the others are shown as escapes, and break nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _help(name: str, verb: Verb) -> str:
    lines = [f"deepclaims {name} {verb.usage}".rstrip(), "", verb.says]
    if verb.example:
        lines += ["", f"example: {verb.example}"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
