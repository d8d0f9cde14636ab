from collections import Counter

import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from deepclaims.data.registry import load
from deepclaims.errors import ConfigError, DataError, StageError


@pytest.fixture(scope="module")
def folder(stand_in_data):
    return stand_in_data / "prepared" / "mnist"


def mnist(folder, seed=0, **options):
    return load({"name": "mnist", **options}, seed, folder)


def as_set(images: torch.Tensor) -> set[bytes]:
    return {image.numpy().tobytes() for image in images}


def test_the_stand_in_has_its_own_cuts_and_says_so(folder):
    splits = mnist(folder)
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (3500, 500, 1000)
    assert splits.source == "embedded"
    assert (splits.task, splits.outputs, splits.input_shape) == ("classification", 10, (1, 28, 28))
    for split in (splits.train, splits.validation, splits.test):
        counts = torch.bincount(split.targets, minlength=10)
        assert counts.max() - counts.min() <= 1
        assert split.inputs[0].dtype == torch.float32
        assert split.targets.dtype == torch.int64


def test_no_image_is_in_two_splits(folder):
    splits = mnist(folder, standardise="none")
    sets = [as_set(s.inputs[0]) for s in (splits.train, splits.validation, splits.test)]
    assert len(set.union(*sets)) == sum(map(len, sets)) == 5000


def test_scalar_standardisation_is_of_the_training_images(folder):
    x = mnist(folder).train.inputs[0]
    assert abs(x.mean()) < 1e-5
    assert abs(x.std() - 1) < 1e-4


def test_pixel_standardisation_subtracts_the_mean_image(folder):
    x = mnist(folder, standardise="pixel").train.inputs[0]
    assert x.mean(dim=0).abs().max() < 1e-5
    assert abs((x**2).mean() - 1) < 1e-4


@pytest.mark.parametrize("pool", [1, 2])
def test_principal_components_are_white_and_are_scikit_learns(folder, pool):
    from sklearn.decomposition import PCA

    x = mnist(folder, pool=pool, pca=8).train.inputs[0].double()
    assert x.shape == (3500, 8)
    assert torch.allclose(x.T @ x / len(x), torch.eye(8, dtype=x.dtype), atol=1e-3)
    grey = mnist(folder, pool=pool, standardise="none").train.inputs[0].flatten(1).double()
    theirs = torch.from_numpy(PCA(8, svd_solver="full").fit_transform(grey.numpy()))
    agreement = (x.T @ (theirs / theirs.std(dim=0)) / len(x)).abs()
    assert torch.allclose(agreement, torch.eye(8, dtype=x.dtype), atol=1e-3)


def test_more_components_than_prepared_are_refused(folder):
    with pytest.raises(ConfigError, match="64 components"):
        mnist(folder, pca=65)


def test_pooling_is_the_average_of_two_by_two(folder):
    whole, pooled = (mnist(folder, pool=p, standardise="none", n_train=50) for p in (1, 2))
    assert pooled.input_shape == (1, 14, 14)
    assert torch.allclose(pooled.train.inputs[0], avg_pool2d(whole.train.inputs[0], 2), atol=1e-6)
    assert torch.equal(pooled.train.targets, whole.train.targets)


def test_subsets_are_balanced_nested_and_drawn_by_the_seed(folder):
    small, large = (mnist(folder, n_train=n, standardise="none").train for n in (100, 400))
    assert torch.equal(small.inputs[0], large.inputs[0][:100])
    assert torch.bincount(small.targets).tolist() == [10] * 10
    other = mnist(folder, seed=1, n_train=100, standardise="none").train
    assert not torch.equal(other.inputs[0], small.inputs[0])


def test_held_out_subsets_are_the_same_for_every_seed(folder):
    one, two = (mnist(folder, seed=s, n_test=200, n_validation=50) for s in (0, 1))
    assert torch.equal(one.test.inputs[0], two.test.inputs[0])
    assert torch.equal(one.validation.inputs[0], two.validation.inputs[0])
    assert (len(one.test), len(one.validation)) == (200, 50)


def test_label_noise_touches_training_labels_alone(folder):
    clean, noisy = (mnist(folder, n_train=500, label_noise=share) for share in (0.0, 0.2))
    assert torch.equal(clean.train.inputs[0], noisy.train.inputs[0])
    assert (clean.train.targets != noisy.train.targets).sum() == 100
    assert torch.equal(clean.validation.targets, noisy.validation.targets)
    assert torch.equal(clean.test.targets, noisy.test.targets)


def test_validation_noise_is_a_choice_of_its_own(folder):
    clean = mnist(folder, label_noise=0.2)
    noisy = mnist(folder, label_noise=0.2, validation_noise=0.1)
    assert torch.equal(clean.train.targets, noisy.train.targets)
    assert (clean.validation.targets != noisy.validation.targets).sum() == 50


def test_one_permutation_of_the_pixels_for_all_splits(folder):
    plain, permuted = (mnist(folder, permute=p, standardise="none") for p in (False, True))
    found = [
        pixel_order(getattr(plain, part), getattr(permuted, part)) for part in ("train", "test")
    ]
    in_both = found[0].keys() & found[1].keys()
    assert len(in_both) > 400
    assert all(found[0][pixel] == found[1][pixel] for pixel in in_both)
    assert sum(pixel != found[0][pixel] for pixel in in_both) > 390
    again = mnist(folder, seed=1, permute=True, standardise="none")
    assert not torch.equal(again.train.inputs[0], permuted.train.inputs[0])


def pixel_order(plain, permuted) -> dict[int, int]:
    """Where each pixel came from, of those that no other equals in all images."""
    before, after = (
        [pixel.tobytes() for pixel in split.inputs[0].flatten(1).T.numpy()]
        for split in (plain, permuted)
    )
    assert sorted(before) == sorted(after)
    unique = {pixel for pixel, count in Counter(before).items() if count == 1}
    return {j: before.index(pixel) for j, pixel in enumerate(after) if pixel in unique}


def test_the_same_config_and_seed_give_the_same_bits(folder):
    options = {"n_train": 300, "label_noise": 0.3, "permute": True, "pool": 2}
    one, two = mnist(folder, 7, **options), mnist(folder, 7, **options)
    assert torch.equal(one.train.inputs[0], two.train.inputs[0])
    assert torch.equal(one.train.targets, two.train.targets)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"noise": 0.1}, "no option noise; known: n_train"),
        ({"n_train": 3501}, "n_train=3501, but there are 3500"),
        ({"n_train": 0}, "whole number > 0"),
        ({"n_test": True}, "whole number > 0"),
        ({"label_noise": 1.2}, "fraction from 0 to 1"),
        ({"pool": 3}, "may be 1, 2"),
        ({"standardise": "zscore"}, "may be scalar, pixel, none"),
        ({"permute": 1}, "may be False, True"),
    ],
)
def test_what_is_not_possible_is_refused_with_what_is(folder, options, says):
    with pytest.raises(ConfigError, match=says):
        mnist(folder, **options)


def test_an_unprepared_data_set_names_the_command(tmp_path):
    with pytest.raises(StageError, match="run `deepclaims prepare dataset=mnist` first"):
        mnist(tmp_path / "nothing")
    with pytest.raises(StageError, match="prepared folder"):
        load({"name": "mnist"}, 0)


def test_a_damaged_prepared_array_is_refused_by_name(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    broken = tmp_path / "train_labels.npy"
    broken.write_bytes(broken.read_bytes()[:100])
    with pytest.raises(DataError, match=r"train_labels\.npy"):
        mnist(tmp_path)
    broken.unlink()
    with pytest.raises(StageError, match=r"train_labels\.npy is missing"):
        mnist(tmp_path)


def test_unknown_data_sets_are_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="'cifar'; known: arrays, checkerboard, composition, csv"):
        load({"name": "cifar"}, 0)


def test_options_and_configs_agree(checkout):
    from omegaconf import OmegaConf

    from deepclaims.data.mnist import MnistOptions

    config = OmegaConf.to_container(OmegaConf.load(checkout / "conf/data/mnist.yaml"))
    assert config.pop("name") == "mnist"
    assert MnistOptions(**config) == MnistOptions()
    assert set(config) == set(vars(MnistOptions()))


@pytest.mark.real_data
def test_official_mnist_as_published(mirror, tmp_path):
    from deepclaims.data.mnist_files import mnist_arrays

    arrays, facts = mnist_arrays(mirror / "mnist", "official")
    assert facts["counts"] == {"train": 55_000, "validation": 5_000, "test": 10_000}
    # LeCun's counts of each digit among the 60 000 and the 10 000.
    labels = np.concatenate([arrays["train_labels"], arrays["validation_labels"]])
    assert np.bincount(labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(arrays["test_labels"]).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    # The 0.1307 and 0.3081 that everybody standardises MNIST by are of all 60 000.
    numbers = facts["statistics"]["pool1"]
    assert numbers["mean"] == pytest.approx(0.1307, abs=2e-4)
    assert numbers["std"] == pytest.approx(0.3081, abs=2e-4)


def test_held_out_images_are_kept_and_nobody_can_change_them(folder):
    first = mnist(folder, seed=1, n_train=100, pool=2)
    known = first.test.inputs[0].clone()
    first.test.inputs[0].zero_()
    assert torch.equal(mnist(folder, seed=2, n_train=50, pool=2).test.inputs[0], known)
    assert torch.equal(mnist(folder, seed=2, label_noise=0.1, pool=2).test.inputs[0], known)


@pytest.mark.parametrize("standardise", ["scalar", "pixel", "none"])
def test_a_large_subset_taken_from_all_images_is_as_one_converted_alone(
    folder, monkeypatch, standardise
):
    options = {"n_train": 150, "pool": 2, "standardise": standardise, "label_noise": 0.1}
    alone = mnist(folder, seed=3, **options)
    monkeypatch.setattr("deepclaims.data.mnist.MANY", 100)
    for seed in (3, 4):
        taken = mnist(folder, seed=seed, **options)
        assert torch.equal(taken.train.inputs[0], alone.train.inputs[0]) == (seed == 3)
        assert torch.equal(taken.train.targets, alone.train.targets) == (seed == 3)
        taken.train.inputs[0].zero_()  # nobody else's
    assert torch.equal(mnist(folder, seed=3, **options).train.inputs[0], alone.train.inputs[0])
