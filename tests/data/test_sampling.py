import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from deepclaims.data.sampling import flip_labels, stratified_order

seeds = st.integers(0, 2**31)


@given(seeds, st.lists(st.integers(0, 4), min_size=1, max_size=200), st.data())
def test_every_beginning_has_the_classes_in_proportion(seed, classes, data):
    labels = np.array(classes)
    order = stratified_order(labels, np.random.default_rng(seed))
    assert sorted(order) == list(range(len(labels)))
    count = data.draw(st.integers(1, len(labels)))
    for value in np.unique(labels):
        expected = count * np.mean(labels == value)
        # One threshold in place selects round(count_c * x) of each class c.
        assert abs(np.sum(labels[order[:count]] == value) - expected) <= len(np.unique(labels)) / 2


def test_within_a_class_the_order_is_random():
    labels = np.zeros(50, int)
    orders = {tuple(stratified_order(labels, np.random.default_rng(s))) for s in range(5)}
    assert len(orders) == 5


@given(seeds, st.floats(0, 1), st.integers(1, 300))
def test_exactly_the_share_is_flipped_and_each_to_another_class(seed, fraction, n):
    labels = np.random.default_rng(seed).integers(0, 10, n)
    flipped = flip_labels(labels, fraction, 10, np.random.default_rng(seed))
    assert np.sum(flipped != labels) == round(fraction * n)
    assert flipped.min() >= 0
    assert flipped.max() <= 9


def test_the_wrong_class_is_uniform_over_the_others():
    flipped = flip_labels(np.full(9000, 3), 1.0, 10, np.random.default_rng(0))
    counts = np.bincount(flipped, minlength=10)
    assert counts[3] == 0
    assert chisquare(np.delete(counts, 3)).pvalue > 1e-3
