import itertools

import torch

from deepclaims.training.streams import BATCHES, NOISE, WEIGHTS, stream


def draws(*key):
    return tuple(torch.randint(0, 2**40, (4,), generator=stream(*key)).tolist())


def test_streams_are_reproducible_and_all_different():
    keys = list(itertools.product((0, 1, 1000), (WEIGHTS, BATCHES, NOISE), (0, 1)))
    drawn = {key: draws(*key) for key in keys}
    assert len(set(drawn.values())) == len(keys)
    assert all(draws(*key) == value for key, value in drawn.items())
