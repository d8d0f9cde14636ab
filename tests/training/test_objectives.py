import pytest
import torch
from torch.nn import functional as F

from deepclaims.data.splits import Split
from deepclaims.errors import ConfigError
from deepclaims.training.objectives import (
    Objective,
    choose_objective,
    cross_entropy_backward,
    weighted_cross_entropy,
)
from deepclaims.training.settings import Fit


def test_objective_follows_the_data(digits, curve, beats):
    for splits, task in ((digits, "classification"), (curve, "regression"), (beats, "tagging")):
        assert choose_objective(Fit(), splits, reconstructs=False).task == task


def test_a_model_that_reconstructs_is_compared_with_its_input(digits):
    objective = choose_objective(Fit(), digits, reconstructs=True)
    assert objective.targets(digits.train) is digits.train.inputs[0]
    assert not objective.counts_errors


def test_weighted_cross_entropy_is_torchs():
    outputs, targets = torch.randn(5, 7, 4), torch.randint(-1, 4, (5, 7))
    by_class = torch.tensor([1.0, 8.0, 2.0, 1.0])
    objective = Objective("tagging", F.cross_entropy, tuple(by_class.tolist()))
    weights = objective.weights(Split((outputs,), targets))
    expected = F.cross_entropy(
        outputs.flatten(0, 1), targets.flatten(), weight=by_class, ignore_index=-1
    )
    torch.testing.assert_close(objective.loss(outputs, targets, weights), expected)


def test_unweighted_tagging_leaves_out_what_is_not_labelled():
    outputs, targets = torch.randn(5, 7, 4), torch.randint(-1, 4, (5, 7))
    known = targets != -1
    expected = F.cross_entropy(outputs[known], targets[known])
    torch.testing.assert_close(weighted_cross_entropy(outputs, targets, None), expected)


def test_nothing_labelled_is_no_loss():
    loss = weighted_cross_entropy(torch.randn(2, 3, 4), torch.full((2, 3), -1), None)
    assert loss.item() == 0


def test_squared_loss_of_classes_is_the_distance_to_one_hot(digits):
    objective = choose_objective(Fit(loss="squared"), digits, reconstructs=False)
    outputs = torch.tensor([[0.5, 0.0, 0.0], [0.0, 0.0, 2.0]])
    loss = objective.loss(outputs, torch.tensor([0, 2]))
    assert loss.item() == pytest.approx((0.25 + 1) / 6)


def test_record_cap_counts_a_big_record_as_the_root_of_its_size():
    # Record 0 has 16 samples of class 1 (weight 8), record 1 has 4; class 0 weighs 1.
    targets = torch.tensor([[1] * 16, [1] * 4 + [0] * 12])
    split = Split((torch.zeros(2, 16, 1),), targets, torch.tensor([0, 1]))
    weights = Objective("tagging", F.cross_entropy, (1.0, 8.0), record_cap=4).weights(split)
    assert weights[0].tolist() == pytest.approx([8 * 0.5] * 16)
    assert weights[1].tolist() == pytest.approx([8.0] * 4 + [1.0] * 12)


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (Fit(loss="absolute"), "known: cross_entropy, squared"),
        (Fit(class_weights=[1, 2]), "one number >= 0 for each class"),
        (Fit(loss="squared", class_weights=[1] * 10), r"needs fit\.loss=cross_entropy"),
    ],
)
def test_what_does_not_fit_the_task_is_refused(digits, fit, message):
    with pytest.raises(ConfigError, match=message):
        choose_objective(fit, digits, reconstructs=False)


LOSSES = [
    ("digits", Fit()),
    ("digits", Fit(loss="squared")),
    ("digits", Fit(class_weights=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10])),
    ("curve", Fit()),
    ("curve", Fit(loss="absolute")),
    ("beats", Fit()),
    ("beats", Fit(class_weights=[1, 0, 2, 3])),
]


@pytest.mark.parametrize(("data", "fit"), LOSSES)
def test_losses_are_the_loss_of_each_replica(data, fit, request):
    splits = request.getfixturevalue(data)
    objective = choose_objective(fit, splits, reconstructs=False)
    targets = objective.targets(splits.train)[:20].unflatten(0, (4, 5))
    weights = objective.weights(splits.train)
    weights = None if weights is None else weights[:20].unflatten(0, (4, 5))
    classes = () if data == "curve" else (splits.outputs,)
    outputs = torch.randn(*targets.shape, *classes)
    losses = objective.losses(outputs, targets, weights)
    assert losses.shape == (4,)
    for r in range(4):
        own = objective.loss(outputs[r], targets[r], None if weights is None else weights[r])
        assert losses[r].item() == pytest.approx(own.item(), rel=1e-5)


@pytest.mark.parametrize(
    ("loss", "class_weights"),
    [("cross_entropy", None), ("cross_entropy", (1.0, *[0.5] * 9)), ("squared", None)],
)
def test_slopes_of_classes_are_autograds(digits, loss, class_weights):
    fit = Fit(loss=loss, class_weights=class_weights)
    objective = choose_objective(fit, digits, reconstructs=False)
    targets = torch.randint(10, (4, 5))
    weights = None if class_weights is None else torch.tensor(class_weights)[targets]
    _same_slopes(objective, torch.randn(4, 5, 10), targets, weights)


@pytest.mark.parametrize("leading", [(), (4,)])
def test_the_way_back_from_cross_entropy_is_autograds(leading):
    outputs = torch.randn(4, 5, 3, dtype=torch.float64, requires_grad=True)
    targets = torch.randint(3, (*leading, 5))
    losses = [F.cross_entropy(own, y) for own, y in zip(outputs, targets.expand(4, 5), strict=True)]
    (expected,) = torch.autograd.grad(sum(losses), outputs)
    torch.testing.assert_close(cross_entropy_backward(targets)(outputs.detach()), expected)


def test_slopes_of_weighted_classes_leave_out_the_ignored(digits):
    """Some of a batch, and all of it, where nothing is lost."""
    objective = choose_objective(Fit(class_weights=[1.0] * 10), digits, reconstructs=False)
    targets = torch.tensor([[3, -1, 4], [-1, -1, 5], [-1, -1, -1]])
    _same_slopes(objective, torch.randn(3, 3, 10), targets, (targets >= 0).float())


def test_classes_that_are_ignored_have_no_slope(digits):
    objective = choose_objective(Fit(), digits, reconstructs=False)
    targets = torch.tensor([[3, -1], [4, 5]])
    losses, slopes = objective.slopes(torch.randn(2, 2, 10), targets)
    assert losses.isfinite().all()
    assert not slopes[0, 1].any()


@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_slopes_of_numbers_are_autograds(curve, loss):
    objective = choose_objective(Fit(loss=loss), curve, reconstructs=False)
    _same_slopes(objective, torch.randn(4, 5, 1), torch.randn(4, 5))
    reconstruction = choose_objective(Fit(loss=loss), curve, reconstructs=True)
    _same_slopes(reconstruction, torch.randn(4, 5, 2, 3), torch.randn(4, 5, 2, 3))


def test_slopes_beside_a_reconstruction_are_autograds(digits):
    objective = choose_objective(Fit(), digits, reconstructs=False, beta=0.3)
    _same_slopes(objective, torch.randn(4, 5, digits.outputs + 2), torch.randint(10, (4, 5)))


def _same_slopes(objective, outputs, targets, weights=None):
    leaf = outputs.clone().requires_grad_()
    expected = torch.stack(
        [
            objective.loss(leaf[r], targets[r], None if weights is None else weights[r])
            for r in range(len(outputs))
        ]
    )
    (slope,) = torch.autograd.grad(expected.sum(), leaf)
    losses, found = objective.slopes(outputs, targets, weights)
    torch.testing.assert_close(losses, expected.detach())
    torch.testing.assert_close(found, slope)
