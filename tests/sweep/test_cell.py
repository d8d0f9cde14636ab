"""What of a config is in a cell's key."""

import pytest

from deepclaims.sweep.cell import TRAIN, Cell


def key(**fit):
    return Cell({"optimizer": {"lr": 0.1}, "fit": fit}, TRAIN, {}).key


def with_rate(rate):
    return Cell({"optimizer": {"name": "sgd", "lr": rate}, "grid": [rate]}, TRAIN, {}).key


@pytest.mark.parametrize(("rate", "same"), [(1.0, 1), (0.0, 0), (1e12, 10**12)])
def test_a_whole_number_is_one_however_it_is_written(rate, same):
    assert with_rate(rate) == with_rate(same)


def test_other_numbers_and_truths_are_others():
    keys = {with_rate(rate) for rate in (0, 1, 1.5, True, False, "1", None, float("inf"))}
    assert len(keys) == 8


def test_where_a_training_resumes_from_is_in_no_key():
    assert key(steps=5, checkpoint="here") == key(steps=5, checkpoint="there") == key(steps=5)
    assert key(steps=6) != key(steps=5)


def test_a_task_gets_its_config_in_one_order_however_it_is_written():
    first = Cell({"task": {"b": 1, "a": [{"d": 2, "c": 3}]}, "data": {}}, TRAIN, {})
    second = Cell({"data": {}, "task": {"a": [{"c": 3, "d": 2}], "b": 1}}, TRAIN, {})
    assert first.key == second.key
    assert repr(first.arguments) == repr(second.arguments)
    assert first.arguments == first.config
