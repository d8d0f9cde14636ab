import errno
import os
import subprocess
import sys

import pytest

from deepclaims import cli


def run(*words):
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    return ended.value.code


def test_help_lists_every_verb(capsys):
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert all(f"deepclaims {verb}" in shown for verb in cli.VERBS)


@pytest.mark.parametrize("verb", [verb for verb in cli.VERBS if verb != "train"])
def test_every_verb_has_help(verb, capsys):
    assert run(verb, "--help") == 0
    assert cli.VERBS[verb].says in capsys.readouterr().out


def test_an_unknown_verb_is_met_with_the_known_ones(capsys):
    assert run("mesure") == 2
    said = capsys.readouterr().err
    assert "did you mean 'measure'?" in said
    assert "publish" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train", "model=mpl"), "no model 'mpl'; known: autoencoder, beatnet, budgeted_mlp"),
        (("train", "model.widht=3"), "did you mean 'width'?"),
        (("train", "model.width=wide"), "does not fit: it is a number"),
        (("train", "modle=mlp"), "did you mean 'model'?"),
        (("train", "-m", "init=he,glort"), "no init 'glort'"),
        (("train", "optimizer.lr=1,2"), "say -m"),
        (("judge", "claim=droput"), "no claim 'droput'; did you mean regularisation/dropout? "),
        (("measure", "claim=nobody"), "no claim 'nobody'; `deepclaims list` names all "),
        (("measure", "chapter=nowhere"), "no chapter 'nowhere'"),
        (("measure",), "say chapter=NAME or claim=NAME"),
        (("measure", "claim=dropout", "profile=huge"), "no profile 'huge'; known: smoke"),
        (("measure", "claim=dropout", "claim.grid.nothing=1"), "has no 'grid.nothing'; known: "),
        (("measure", "claim=dropout", "colour=red"), "does not know 'colour=red'"),
        (("judge",), "nothing has been measured here: `dvc repro judge` runs what comes before"),
        (("judge", "claim=dropout"), "has not been measured: run `deepclaims measure "),
        (
            ("judge", "now=1"),
            "does not know 'now=1'; known: claim=CHAPTER/ID, space=",
        ),
        (("report",), "nothing is published yet"),
        (("diagnose",), "name one run by its key"),
        (("ui", "port=http"), "known: port=NUMBER"),
        (("list", "all"), "takes no 'all'"),
    ],
)
def test_misuse_is_met_with_one_line(project, words, said, capsys):
    assert run(*words) == 1
    shown = capsys.readouterr().err.strip()
    assert said in shown
    assert "\n" not in shown
    assert shown.startswith(f"deepclaims {words[0]}: ")


def test_a_stage_before_the_one_it_needs(project, capsys):
    assert run("measure", "claim=dropout") == 1
    assert "run `deepclaims prepare dataset=mnist` first" in capsys.readouterr().err


def test_outside_of_a_project(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("DEEPCLAIMS_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run("list") == 1
    assert "no deepclaims project" in capsys.readouterr().err


def test_the_catalogue_is_listed(project, capsys):
    assert run("list") == 0
    shown = capsys.readouterr().out
    assert "sgd-noise-ball" in shown
    assert "not judged" in shown


def test_the_command_imports_nothing_heavy():
    heavy = "{'torch', 'pytorch_lightning', 'mlflow', 'pandas', 'hydra', 'matplotlib', 'sklearn'}"
    code = f"import sys, deepclaims.cli; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_terminal_that_knows_ascii_only(project):
    """What it cannot show stands there as an escape; nothing is lost, nothing breaks."""
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "ascii",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    words = [sys.executable, "-m", "deepclaims.cli", "slides", "L1.s20"]
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "\\x" in ended.stdout or "\\u" in ended.stdout


def test_a_folder_that_cannot_be_written_is_one_line(project, monkeypatch, capsys):
    def refused(words):
        raise PermissionError(errno.EACCES, "Permission denied", "/there/.runs")

    monkeypatch.setattr("deepclaims.pipeline.train.run", refused)
    assert run("train") == 1
    shown = capsys.readouterr().err
    assert shown == "deepclaims train: cannot write /there/.runs: Permission denied\n"
