import numpy as np
import pytest

from deepclaims.data.ecg_files import read_record
from deepclaims.ecg import labeller
from deepclaims.errors import ConfigError
from deepclaims.sweep.compose import Composer

TRAINING = (
    "data=ecg", "data.use_validation=false", "model=beatnet", "model.width=8", "init=he",
    "optimizer=adamw", "optimizer.lr=0.01", "schedule=onecycle", "fit.batch_size=4",
    "fit.epochs=2", "fit.evaluate=[test]",
)  # fmt: skip


@pytest.fixture
def trained(project, small_ecg):
    """Train on the small ECG, with one lead or two, with changes."""
    (project.root / "data").symlink_to(small_ecg[1].parents[1])

    def train(leads, *changes):
        config = {**Composer(project.conf).cell([*TRAINING, *changes]), "leads": leads}
        return config, labeller.train_labeller(config, 0)

    return train


@pytest.mark.parametrize(
    ("leads", "changes"), [(2, ()), (1, ("data.features=causal", "model.cell=rnn"))]
)
def test_the_kept_network_says_what_the_trained_one_said(trained, small_ecg, leads, changes):
    """The training scored the data set; the kept network is shown the raw record."""
    config, outcome = trained(leads, *changes)
    kept = labeller.assemble(config, [outcome])
    assert kept.training.records == (101, 114, 116)
    for number in (100, 103):
        signal, samples, true = read_record(small_ecg[0], number)
        p = kept.probabilities(signal[:, :leads], samples)
        assert p.shape == (len(samples), 4)
        assert np.allclose(p.sum(axis=1), 1)
        table = outcome.tables["confusion"]
        own = table[table["record"] == str(number)]
        for true_class, called, count in own[["true", "predicted", "count"]].itertuples(
            index=False
        ):
            assert ((true == true_class) & (p.argmax(axis=1) == called)).sum() == count


def test_probabilities_of_several_networks_are_averaged(trained, small_ecg):
    config, outcome = trained(2, "fit.epochs=1")
    other = labeller.train_labeller(config, 1)
    signal, samples, _ = read_record(small_ecg[0], 103)
    alone = [
        labeller.assemble(config, [each]).probabilities(signal, samples)
        for each in (outcome, other)
    ]
    together = labeller.assemble(config, [outcome, other]).probabilities(signal, samples)
    assert not np.allclose(*alone)
    assert np.allclose(together, np.mean(alone, axis=0))


def test_a_training_that_diverges_leaves_no_labeller(trained):
    with pytest.raises(ConfigError, match="has diverged"):
        trained(2, "optimizer=sgd", "optimizer.lr=1e30", "fit.epochs=1")
