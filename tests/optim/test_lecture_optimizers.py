"""The slides' optimisers against torch's, where they coincide and where they must not."""

import pytest
import torch
from torch.optim import lr_scheduler

from deepclaims.errors import ConfigError
from deepclaims.optim import lecture_optimizers as lecture

STEPS, ALPHA, BETA1, BETA2, EPS = 60, 0.05, 0.9, 0.99, 1e-8


def walk(make, factor=None, steps=STEPS, read=None):
    """The path of an optimiser on a noisy quadratic in eight dimensions, the same for all."""
    g = torch.Generator().manual_seed(0)
    scale = torch.linspace(0.1, 3, 8, dtype=torch.float64)
    theta = torch.randn(8, generator=g, dtype=torch.float64).requires_grad_()
    optimizer = make([theta])
    schedule = factor and lr_scheduler.LambdaLR(optimizer, lambda t: factor(t + 1))
    path = []
    for _ in range(steps):
        noise = torch.randn(8, generator=g, dtype=torch.float64)
        theta.grad = scale * theta.detach() + noise
        optimizer.step()
        if schedule:
            schedule.step()
        path.append((read(optimizer)[0] if read else theta).detach().clone())
    return torch.stack(path)


def sgd(lr=ALPHA, **options):
    return lambda params: torch.optim.SGD(params, lr=lr, **options)


def adam(**options):
    options = {"betas": (BETA1, BETA2), "eps": EPS} | options
    return lambda params: torch.optim.Adam(params, lr=ALPHA, **options)


def ours(cls, *args, **options):
    return lambda params: cls(params, ALPHA, *args, **options)


EQUAL = {
    "SGD": (ours(lecture.SGD), sgd(), None),
    "Momentum, alpha (1 - beta1)": (
        ours(lecture.Momentum, BETA1),
        sgd(ALPHA * (1 - BETA1), momentum=BETA1),
        None,
    ),
    "Momentum corrected, rate alpha (1 - beta1)/(1 - beta1^t)": (
        ours(lecture.Momentum, BETA1, corrected=True),
        sgd(ALPHA * (1 - BETA1), momentum=BETA1),
        lambda t: 1 / (1 - BETA1**t),
    ),
    "Velocity": (ours(lecture.Velocity, BETA1), sgd(momentum=BETA1), None),
    "NAG": (ours(lecture.NAG, BETA1), sgd(momentum=BETA1, nesterov=True), None),
    "Nesterov's look-ahead point, alpha (1 - beta1)": (
        ours(lecture.Nesterov, BETA1),
        sgd(ALPHA * (1 - BETA1), momentum=BETA1, nesterov=True),
        None,
    ),
    "AdaGrad, eps as torch's first accumulator": (
        ours(lecture.AdaGrad, EPS),
        lambda p: torch.optim.Adagrad(p, lr=ALPHA, eps=0, initial_accumulator_value=EPS),
        None,
    ),
    "RMSProp without eps": (
        ours(lecture.RMSProp, BETA2, 0.0),
        lambda p: torch.optim.RMSprop(p, lr=ALPHA, alpha=BETA2, eps=0),
        None,
    ),
    "RMSProp corrected without eps is Adam with beta1 = 0": (
        ours(lecture.RMSProp, BETA2, 0.0, corrected=True),
        adam(betas=(0.0, BETA2), eps=0),
        None,
    ),
    "Adam without eps": (ours(lecture.Adam, BETA1, BETA2, 0.0), adam(eps=0), None),
    "Adam as printed, rate alpha (1 - beta1^t)": (
        ours(lecture.Adam, BETA1, BETA2, 0.0, as_printed=True),
        adam(eps=0),
        lambda t: 1 - BETA1**t,
    ),
    "DecayedAdam with lambda = 1": (
        ours(lecture.DecayedAdam, BETA1, BETA2, EPS, 1.0),
        adam(),
        None,
    ),
    "AdamW": (
        ours(lecture.AdamW, BETA1, BETA2, EPS, weight_decay=0.1),
        lambda p: torch.optim.AdamW(
            p, lr=ALPHA, betas=(BETA1, BETA2), eps=EPS, weight_decay=0.1
        ),
        None,
    ),
    "l2": (ours(lecture.Velocity, BETA1, l2=0.3), sgd(momentum=BETA1, weight_decay=0.3), None),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUAL)
def test_equal_to_torch_in_double_precision(name):
    mine, theirs, factor = EQUAL[name]
    torch.testing.assert_close(walk(mine), walk(theirs, factor), rtol=0, atol=1e-13)


DIFFERENT = {
    "the average of deck 1 is not torch's dampening": (
        ours(lecture.Momentum, BETA1),
        sgd(momentum=BETA1, dampening=BETA1),
        0.01,
    ),
    "eps inside AdaGrad's root": (
        ours(lecture.AdaGrad, 1e-2),
        lambda p: torch.optim.Adagrad(p, lr=ALPHA, eps=1e-2),
        1e-4,
    ),
    "eps inside RMSProp's root": (
        ours(lecture.RMSProp, BETA2, 1e-2),
        lambda p: torch.optim.RMSprop(p, lr=ALPHA, alpha=BETA2, eps=1e-2),
        1e-3,
    ),
    "eps inside Adam's root": (ours(lecture.Adam, BETA1, BETA2, 1e-2), adam(eps=1e-2), 1e-3),
    "no hat on m": (
        ours(lecture.Adam, BETA1, BETA2, 0.0, as_printed=True),
        adam(eps=0),
        0.01,
    ),
    "deck 2's decayed beta1": (
        ours(lecture.DecayedAdam, BETA1, BETA2, EPS, 0.9),
        adam(),
        0.01,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_not_equal_where_the_slides_differ(name):
    mine, theirs, least = DIFFERENT[name]
    assert (walk(mine) - walk(theirs)).abs().max() > least


def test_nesterovs_theta_is_not_its_look_ahead_point():
    at = ours(lecture.Nesterov, BETA1)
    theta, point = walk(at, read=lambda o: o.theta()), walk(at)
    assert (theta - point).abs().max() > 1e-3


def test_a_training_can_be_taken_up_from_its_state():
    whole = walk(ours(lecture.Adam))
    kept = {}

    def first(params):
        kept["optimizer"] = lecture.Adam(params, ALPHA)
        return kept["optimizer"]

    half = walk(first, steps=30)
    torch.testing.assert_close(half, whole[:30])
    theta = half[-1].clone().requires_grad_()
    again = lecture.Adam([theta], ALPHA)
    again.load_state_dict(kept["optimizer"].state_dict())
    g = torch.Generator().manual_seed(0)
    torch.randn(8, generator=g, dtype=torch.float64)
    noises = [torch.randn(8, generator=g, dtype=torch.float64) for _ in range(STEPS)]
    for noise in noises[30:]:
        theta.grad = torch.linspace(0.1, 3, 8, dtype=torch.float64) * theta.detach() + noise
        again.step()
    torch.testing.assert_close(theta.detach(), whole[-1], rtol=0, atol=1e-14)


def test_parameters_without_gradient_are_left_alone():
    seen, unseen = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = lecture.Adam([seen, unseen], 0.1)
    seen.grad = torch.ones(2)
    assert optimizer.step(lambda: 3.0) == 3.0
    assert seen[0].item() == pytest.approx(0.9)
    assert unseen.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("options", [{"lr": -1}, {"beta1": 1.0}, {"eps": -1e-8}, {"l2": -1}])
def test_impossible_numbers_are_refused(options):
    with pytest.raises(ConfigError, match="not possible"):
        lecture.Adam([torch.zeros(1, requires_grad=True)], **options)
