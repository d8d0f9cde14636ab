import math
from itertools import count

import numpy as np
import pytest
import torch

from deepclaims.optim import rules
from deepclaims.optim.walks import (
    SAMPLING,
    by,
    crossing,
    iid,
    onto_ball,
    record,
    reshuffled,
    scattered,
    second_half,
    squared_norm,
    subsets,
    walk,
)


def downhill(w, _):
    """The gradient of ‖w‖²/2."""
    return 1.0 * w


@pytest.mark.parametrize("start", [np.ones((2, 3)), torch.ones(2, 3, dtype=torch.float64)])
def test_a_walk_starts_at_its_start_and_leaves_it_alone(start):
    points = walk(start, downhill, by(rules.sgd, 0.25), 3)
    found = record(points, lambda w: w[:, 0], range(4))
    assert found.shape == (4, 2)
    np.testing.assert_allclose(found[:, 1], 0.75 ** np.arange(4))
    assert (np.asarray(start) == 1).all()


def test_momentum_is_torchs_and_its_state_is_its_own():
    w = torch.full((2, 3), 2.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    for _ in range(5):
        w.grad = w.detach().clone()
        optimizer.step()
    for _ in range(2):
        step = by(rules.momentum, 0.1, beta1=0.9)
        (found,) = record(walk(np.full((2, 3), 2.0), downhill, step, 5), np.copy, [5])
        np.testing.assert_allclose(found, w.detach().numpy(), rtol=1e-12)


def test_rates_are_one_a_step_or_one_a_trajectory():
    steps = by(rules.sgd, np.array([0.5, 0.1]))
    found = record(walk(np.ones((2, 1)), downhill, steps, 2), np.ravel, [1, 2])
    np.testing.assert_allclose(found, [[0.5, 0.5], [0.45, 0.45]])
    each = by(rules.sgd, torch.tensor([0.5, 0.1], dtype=torch.float64))
    found = record(walk(np.ones((2, 1)), downhill, each, 1), np.ravel, [1])
    np.testing.assert_allclose(found, [[0.5, 0.9]])


def test_every_step_sees_its_draw_and_nothing_is_drawn_beyond():
    drawn = count(1)
    points = walk(
        np.zeros((1, 1)), lambda w, k: np.full_like(w, k), by(rules.sgd, -1.0), 3, draws=drawn
    )
    assert record(points, np.ravel, [1, 2, 3]).ravel().tolist() == [1, 3, 6]
    assert next(drawn) == 4


def test_times_are_kept_once_and_in_order():
    points = walk(np.ones((1, 1)), downhill, by(rules.sgd, 0.5), 4)
    found = record(points, np.ravel, np.array([4, 0, 4, 2]))
    np.testing.assert_allclose(found.ravel(), [1, 0.25, 0.0625])
    assert list(second_half(5)) == [3, 4, 5]


def test_the_projection_shortens_what_is_too_long_and_keeps_its_direction():
    vectors = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    onto_ball(1.0)(vectors)
    np.testing.assert_allclose(vectors, [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]])
    points = walk(vectors, lambda w, _: -10 * w, by(rules.sgd, 1.0), 5, project=onto_ball(2.0))
    np.testing.assert_allclose(record(points, squared_norm, [5])[0], [4.0, 4.0, 0.0])


def test_directions_are_uniform_and_lengths_as_asked():
    found = scattered(np.random.default_rng(0), 20_000, 3, 0.5)
    np.testing.assert_allclose(squared_norm(found), 0.25)
    np.testing.assert_allclose(found.T @ found / len(found), np.eye(3) / 12, atol=2e-3)


def test_every_way_of_drawing_gives_batches():
    for draws in SAMPLING.values():
        batch = next(draws(np.random.default_rng(0), 12, 3, 5))
        assert batch.shape == (5, 3)
        assert batch.min() >= 0
        assert batch.max() < 12


def test_subsets_have_no_sample_twice_and_iid_draws_do():
    rng = np.random.default_rng(0)
    fresh = next(subsets(rng, 6, 6, 50))
    independent = next(iid(rng, 6, 6, 50))
    assert (np.sort(fresh, axis=1) == np.arange(6)).all()
    assert not (np.sort(independent, axis=1) == np.arange(6)).all()


def test_an_epoch_sees_every_sample_once():
    source = reshuffled(np.random.default_rng(0), 8, 2, 3)
    epochs = [np.concatenate([next(source) for _ in range(4)], axis=1) for _ in range(2)]
    assert all((np.sort(epoch, axis=1) == np.arange(8)).all() for epoch in epochs)
    assert (epochs[0] != epochs[1]).any()


def test_batches_that_do_not_fill_an_epoch_are_refused():
    with pytest.raises(ValueError, match="do not fill"):
        next(reshuffled(np.random.default_rng(0), 8, 3, 1))


def test_a_crossing_is_where_a_geometric_fall_meets_epsilon():
    assert crossing([1.0, 0.5, 0.25], 0.5) == pytest.approx(1.0)
    assert crossing([1.0, 0.5, 0.25], 0.25 * math.sqrt(2)) == pytest.approx(1.5)
    assert math.isnan(crossing([1.0, 0.5], 0.1))
