import json
import subprocess
import sys

import pytest
import yaml

from deepclaims.errors import ConfigError
from deepclaims.pipeline import slides


def shown(capsys, *words):
    slides.run(words)
    return capsys.readouterr().out


def test_all_sentences_are_listed_in_order(project, capsys):
    out = shown(capsys)
    first, last = out.index("L1.s3.1 "), out.index("L2.s25.6 ")
    assert first < out.index("L1.s20.5 ") < out.index("L2.s4.1 ") < last
    assert "linear-insufficient (" in out
    assert "227 of 422 items can be measured" in out
    assert max(map(len, out.splitlines())) <= slides.WIDTH + 40


def test_a_deck_alone(project, capsys):
    out = shown(capsys, "L2")
    assert "L1.s" not in out
    assert "Unidad 2: Redes Neuronales Artificiales (Redes Neuronales Profundas)" in out


def test_a_slide_in_full_with_the_verdicts(project, capsys):
    project.reports.mkdir()
    verdicts = {"batch-size-hardware": {"verdict": "refuted"}}
    (project.reports / "claims.json").write_text(json.dumps(verdicts), encoding="utf-8")
    out = shown(capsys, "L1.s20")
    assert "L1.s20  Sobre el batchsize" in out
    assert "tested by batch-size-hardware (refuted)" in out
    assert "tested by minibatch-shrinks-ball (not judged)" in out
    assert "en: GPUs in particular" in out
    assert "beyond the slide: " in out
    assert "L1.s20.9  citation" in out


def test_a_claim_that_is_not_written_yet(project, capsys):
    (project.conf / "claim" / "optimisation" / "batch-size-hardware.yaml").unlink()
    assert "tested by batch-size-hardware (not written yet)" in shown(capsys, "L1.s20.2")


def test_a_sentence_with_its_doubt_or_its_reason(project, capsys):
    assert "doubtful: m has no hat" in shown(capsys, "L1.s28.2").replace("\n", " ")
    out = shown(capsys, "L2.s9.7")
    assert "untested: It writes down a cost" in out
    assert "goes to weight-decay" in out


def test_a_sentence_that_goes_to_a_proposed_claim(project, capsys):
    deck, claims = (project.conf / "lectures" / name for name in ("L2.yaml", "claims.yaml"))
    written = deck.read_text(encoding="utf-8")
    assert "to: [weight-decay]" in written
    deck.write_text(written.replace("to: [weight-decay]", "to: [made-up]"), encoding="utf-8")
    told = yaml.safe_load(claims.read_text(encoding="utf-8"))
    made_up = {"made-up": {"needs": "timing", "how": "So."}}
    told["proposed"] = {**(told.get("proposed") or {}), **made_up}
    claims.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    assert "goes to made-up (timing): So." in shown(capsys, "L2.s9.7")


def test_flags_and_a_claim_narrow_the_list(project, capsys):
    untested = shown(capsys, "L2", "--untested")
    assert untested.count("untested: ") == untested.count("goes to ") > 0
    assert "L2.s25.1" not in untested
    doubtful = shown(capsys, "--doubtful")
    assert "L1.s28.2" in doubtful
    assert "L1.s28.1" not in doubtful
    out = shown(capsys, "claim=lenet-parameters")
    assert "L1.s59.4" in out
    assert "L1.s20" not in out
    assert "L2" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["L3"], "no deck 'L3'; `deepclaims slides` lists them all"),
        (["L1.s99"], "no slide 'L1.s99'; close to it: L1.s"),
        (["L1.s20.77"], "no sentence 'L1.s20.77'; close to it: L1.s20.7"),
        (["claim=nobody"], "no claim 'nobody' tests a slide"),
        (["L1", "L2"], "name one deck, slide or sentence: deepclaims slides [L1"),
        (["--all"], "slides does not know '--all'; known: [L1"),
    ],
)
def test_what_there_is_not(project, words, said):
    with pytest.raises(ConfigError) as refused:
        slides.run(words)
    assert said in str(refused.value)


def test_it_imports_nothing_heavy(project):
    heavy = "{'torch', 'pytorch_lightning', 'mlflow', 'pandas', 'numpy', 'hydra', 'omegaconf'}"
    code = (
        "import sys; from deepclaims.pipeline.slides import run; run([]); "
        f"sys.exit(bool({heavy} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ended.returncode == 0
