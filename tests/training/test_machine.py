import logging

import pytest
import torch

from deepclaims.training.denormals import are_zero
from deepclaims.training.machine import in_precision, machine_state, quiet
from deepclaims.training.settings import Machine


def test_threads_are_set_and_put_back_even_after_an_error():
    before = torch.get_num_threads()
    seen = []

    def fail():
        with machine_state(Machine(threads=before + 2)):
            seen.append(torch.get_num_threads())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == [before + 2]
    assert torch.get_num_threads() == before


def test_denormal_numbers_are_zero_within_where_the_processor_can():
    can = torch.set_flush_denormal(True)
    torch.set_flush_denormal(False)
    with machine_state(Machine()):
        assert are_zero() == can
    assert not are_zero()


def test_quiet_puts_the_loggers_back():
    logger = logging.getLogger("pytorch_lightning")
    logger.setLevel(logging.INFO)
    with quiet():
        assert logger.level == logging.ERROR
    assert logger.level == logging.INFO


def test_precision_changes_numbers_and_not_labels(beats):
    double = in_precision(beats, torch.float64)
    assert {x.dtype for x in double.train.inputs} == {torch.float64}
    assert double.train.targets.dtype == torch.int64
    assert torch.equal(double.test.groups, beats.test.groups)
