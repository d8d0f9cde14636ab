"""A model, data, an optimiser and callbacks of one's own, through `deepclaims train`."""

import shutil
import sys
import textwrap

import numpy as np
import pytest
import torch

import deepclaims
from deepclaims.errors import ConfigError, DataError, StorageError
from deepclaims.pipeline import train
from deepclaims.sweep.store import RunStore

pytestmark = pytest.mark.slow

NET = """
    from torch import nn

    from helper_{n} import act


    class Net(nn.Module):
        def __init__(self, in_features, outputs, width=8):
            super().__init__()
            self.attend = nn.MultiheadAttention(width, 2, batch_first=True)
            self.first = nn.Linear(in_features, width)
            self.norm = nn.BatchNorm1d(width)
            self.last = nn.Sequential(nn.LayerNorm(width), act(), nn.Linear(width, outputs))

        def forward(self, x):
            h = self.norm(self.first(x.flatten(1)))[:, None]
            return self.last(h + self.attend(h, h, h)[0]).squeeze(1)
"""
PLANE = ["data=plane", "data.n=64", "data.n_test=50", "fit.epochs=2", "fit.batch_size=16"]


@pytest.fixture
def own(project, tmp_path):
    """The name of a module of one's own beside conf/, with a model `own` that names it."""
    n = tmp_path.parent.name.replace("-", "_") + tmp_path.name.replace("-", "_")
    name = f"net_{n}"
    (project.root / f"{name}.py").write_text(textwrap.dedent(NET.format(n=n)))
    (project.root / f"helper_{n}.py").write_text("from torch.nn import GELU as act\n")
    (project.conf / "model" / "own.yaml").write_text(f"_target_: {name}.Net\nwidth: 8\n")
    before = list(sys.path)
    yield name
    sys.path[:] = before
    for module in (name, f"helper_{n}"):
        sys.modules.pop(module, None)


def keys(project):
    return RunStore(project.runs).keys()


def test_a_model_of_any_layers_is_trained_kept_and_loaded(project, own, capfd):
    train.run([*PLANE, "model=own"])
    (key,) = keys(project)
    net = deepclaims.load(key[:8])
    data = net.data()
    wrong = (net.predict(*data.test.inputs) != data.test.targets).double().mean()
    assert float(wrong) == net.about["metrics"]["test_error"]
    assert not net.training
    capfd.readouterr()
    train.run([*PLANE, "model=own"])
    assert "1 replica is cached" in capfd.readouterr().err


def test_a_changed_module_or_one_it_imports_is_another_run(project, own):
    train.run([*PLANE, "model=own"])
    (key,) = keys(project)
    helper = project.root / f"{own.replace('net_', 'helper_')}.py"
    helper.write_text("# only a comment\nfrom torch.nn import GELU as act\n")
    train.run([*PLANE, "model=own"])
    assert keys(project) == [key]
    helper.write_text("from torch.nn import SiLU as act\n")
    for module in (own, own.replace("net_", "helper_")):
        sys.modules.pop(module, None)
    with pytest.raises(StorageError, match=f"{helper.stem} changed since"):
        deepclaims.load(key)
    train.run([*PLANE, "model=own"])
    assert len(keys(project)) == 2


def test_a_law_draws_the_layers_it_knows_and_torch_the_others(project, own):
    from deepclaims.nn.interface import Interface
    from deepclaims.training.own_parts import network
    from deepclaims.training.settings import Settings

    def drawn(init):
        config = {group: {"name": "x"} for group in ("data", "optimizer", "schedule")}
        said = {"_target_": f"{own}.Net"}
        settings = Settings.read({**config, "model": said, "init": init})
        return network(settings, Interface(((2,),), 2), torch.Generator().manual_seed(1))

    by_law, by_torch = drawn({"name": "normal", "std": 100.0}), drawn({"name": "own"})
    assert by_law.first.weight.abs().mean() > 20 > by_torch.first.weight.abs().mean()
    assert torch.equal(by_law.attend.in_proj_weight, by_torch.attend.in_proj_weight)
    assert torch.equal(by_law.norm.weight, torch.ones(8))
    assert torch.equal(drawn({"name": "own"}).first.weight, by_torch.first.weight)


def test_what_cannot_be_is_refused_before_anything_is_trained(project, own):
    for words, said in (
        (["model=own", "+model.depth=3"], "has no option depth; known: in_features"),
        (["model=own", "model._target_=no_such.Net"], "put no_such.py beside conf/"),
        (["model=own", f"model._target_={own}.Nett"], "did you mean 'Net'"),
        (["init=own"], "for a model of one's own"),
        (["optimizer=radam", "+optimizer.momentum=0.9"], "has no option momentum"),
        (["optimizer=radam", "regularizer=weight_decay", "regularizer.lambda=0.1"], "weight_decay"),
        (["optimizer=radam", "trainer=ddp"], "trainer=ddp"),
        (["logger=tensorboard"], "pip install tensorboard"),
        (["fit.save=everything"], "it may be auto, weights, mlflow, none"),
    ):
        if "tensorboard" in said and __import__("importlib").util.find_spec("tensorboard"):
            continue
        with pytest.raises(ConfigError, match=said.replace("(", r"\(")):
            train.run([*PLANE, *words])
    assert keys(project) == []


BROKEN = """
    from torch import nn


    class Raises(nn.Module):
        def __init__(self, outputs):
            raise RuntimeError("no such luck")


    class Wide(nn.Module):
        def __init__(self, in_features, outputs):
            super().__init__()
            self.last = nn.Linear(in_features, outputs + 3)

        def forward(self, x):
            return self.last(x.flatten(1))


    class Blind(Wide):
        def forward(self, x):
            return self.last(x[:, :1])
"""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model=own", "model._target_={}.Raises"], "no such luck"),
        (["model=own", "model._target_={}.Wide"], r"Wide gives \(4, 5\) for inputs \(4, 2\)"),
        (["model=own", "model._target_={}.Blind"], r"Blind fails at inputs \(4, 2\)"),
        (["callbacks=lr_monitor", "logger=none"], "say logger=csv"),
        (["model=own", "data=arrays", "data.path=none.npz"], "none.npz"),
        (["model=own", "data=arrays", "data.path=odd.npz"], "inputs"),
    ],
)
def test_what_of_ones_own_cannot_be_trained_is_found_before_anything_is(
    project, own, words, said, monkeypatch
):
    broken = f"broken_{own}"
    (project.root / f"{broken}.py").write_text(textwrap.dedent(BROKEN))
    monkeypatch.chdir(project.root)
    np.savez("odd.npz", a=np.zeros(3))
    words = [word.format(broken) for word in words]
    if broken in " ".join(words):
        words.append("~model.width")
    data = [] if "data=arrays" in words else PLANE
    with pytest.raises((ConfigError, DataError), match=said) as told:
        train.run([*data, *words])
    assert "\n" not in str(told.value)
    assert keys(project) == []


def test_a_loaded_network_says_what_it_reads(project):
    train.run([*PLANE, "init=he"])
    net = deepclaims.load(keys(project)[0])
    with pytest.raises(DataError, match=r"reads \(n, 2\); it was given \(5, 3\)"):
        net.predict(torch.zeros(5, 3))
    net.network = torch.nn.Linear(3, 4)  # not for its shape: what torch says is told
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        net.predict(torch.zeros(5, 2))
    net.about["task"] = "regression"
    with pytest.raises(DataError, match="predicts numbers"):
        net.probabilities(torch.zeros(5, 2))


def test_an_optimiser_without_a_stacked_form_is_trained_one_by_one(project):
    words = [*PLANE, "optimizer=radam", "schedule=restarts", "executor.workers=1"]
    train.run(["-m", *words, "seed=0,1", "executor.stack=always"])
    (key,) = keys(project)
    assert RunStore(project.runs).seeds(key) == [0, 1]


def test_step_by_step_gives_the_bits_of_the_chunked_loop(project):
    words = [*PLANE, "optimizer=radam", "schedule=restarts", "schedule.interval=step"]
    train.run(words)
    train.run([*words, "logger=csv", "callbacks=model_checkpoint"])
    first, second = (RunStore(project.runs).metrics(key, 0) for key in keys(project))
    assert first == second
    written = [file.suffix for file in (project.root / ".lightning").rglob("*.*") if file.is_file()]
    assert sorted(written) == [".ckpt", ".csv"]


def test_lbfgs_evaluates_the_loss_itself(project):
    (project.conf / "optimizer" / "lbfgs.yaml").write_text("_target_: torch.optim.LBFGS\nlr: 0.5\n")
    train.run([*PLANE, "optimizer=lbfgs", "fit.batch_size=full", "fit.epochs=8"])
    (key,) = keys(project)
    assert RunStore(project.runs).metrics(key, 0)["train_error"] < 0.3


def test_weights_do_not_enter_the_key_and_are_trained_again_when_asked_for(project, capfd):
    store = RunStore(project.runs)
    train.run([*PLANE, "fit.save=none"])
    (key,) = keys(project)
    outcome = (project.runs / key / "0" / "outcome.json").read_bytes()
    with pytest.raises(StorageError, match=r"fit\.save=weights trains it again"):
        deepclaims.load(key)
    capfd.readouterr()
    train.run(PLANE)
    assert "but its network was not kept: trained again" in capfd.readouterr().err
    assert keys(project) == [key]
    assert store.has_weights(key, 0)
    assert (project.runs / key / "0" / "outcome.json").read_bytes() == outcome
    train.run(["-m", *PLANE, "seed=1,2", "executor.workers=1"])
    assert not store.has_weights(key, 1)
    file = project.runs / key / "0" / "weights.pt"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(StorageError, match=r"weights\.pt is damaged"):
        deepclaims.load(key)


@pytest.mark.parametrize("option", ["codes", "reconstructions", "joint"])
def test_a_network_that_reads_codes_is_kept_with_its_autoencoder(project, option):
    words = ["regularizer=autoencoder", f"regularizer.autoencoder={option}", "regularizer.code=2"]
    train.run([*PLANE, *words])
    (key,) = keys(project)
    net = deepclaims.load(key)
    data = net.data()
    wrong = (net.predict(*data.test.inputs) != data.test.targets).double().mean()
    assert float(wrong) == net.about["metrics"]["test_error"]


@pytest.mark.parametrize("words", [["data.standardise=pixel"], ["data=mnist14"], ["data.pca=5"],
                                   ["data.permute=true"]])  # fmt: skip
def test_a_loaded_network_reads_images_as_they_come(project_with_data, words):
    train.run([*words, "data.n_train=100", "fit.steps=2", "model.width=8", "fit.evaluate=[]"])
    (key,) = keys(project_with_data)
    net = deepclaims.load(key)
    grey = net.raw_examples(7)[0]
    assert grey.shape == (7, 28, 28)
    assert torch.allclose(net.scaling(grey), net.data().validation.inputs[0][:7], atol=1e-5)


def test_checkpoints_of_a_sweep_have_folders_with_their_config(project):
    train.run(["-m", *PLANE, "optimizer.lr=0.1,0.01", "fit.checkpoint=ck", "executor.workers=1"])
    kept = sorted((project.root / "ck").glob("*/seed-0.ckpt"))
    assert [file.parent.name for file in kept] == keys(project)
    for file in kept:
        torch.load(file, weights_only=True)
        assert '"lr"' in file.with_suffix(".json").read_text()


def test_data_are_known_by_their_content(project, capfd, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(5, 3, (200, 4))
    file, moved = project.root / "my.npz", project.root / "moved.npz"
    np.savez(file, x=x, y=np.where(x[:, 0] > 5, "many", "few"))
    words = ["data=arrays", "fit.epochs=30", "fit.batch_size=16", "model.width=8", "model.depth=1",
             "optimizer.lr=0.01"]  # fmt: skip
    train.run([*words, "data.path=my.npz"])
    (key,) = keys(project)
    assert RunStore(project.runs).metrics(key, 0)["test_error"] < 0.2
    net = deepclaims.load(key)
    assert net.about["classes"] == ["few", "many"]
    assert (net.predict(x).numpy() == (x[:, 0] > 5)).mean() > 0.85
    shutil.copy(file, moved)
    train.run([*words, "data.path=moved.npz"])
    assert keys(project) == [key]
    np.savez(file, x=x, y=(x[:, 1] > 5).astype(int))
    train.run([*words, "data.path=my.npz"])
    assert len(keys(project)) == 2
    with pytest.raises(DataError, match="there is no"):
        train.run([*words, "data.path=nowhere.npz"])
    with pytest.raises(ConfigError, match=r"say data\.path="):
        train.run(words)


def test_the_module_and_data_serve_a_trainer_of_ones_own(project):
    import pytorch_lightning as pl

    module, data = deepclaims.lightning(
        [*PLANE, "model.width=16", "optimizer.lr=0.05", "schedule=cosine"], seed=3
    )
    trainer = pl.Trainer(
        max_epochs=20, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, data)
    (scores,) = trainer.test(module, data, verbose=False)
    assert scores["test_error"] < 0.35
    assert trainer.callback_metrics["test_loss"] < 1
