import pytest
import torch

from deepclaims.data.splits import Split, Splits


def split(n: int, groups: bool = False) -> Split:
    x = torch.arange(float(n))[:, None]
    return Split((x, 10 * x), torch.arange(n), torch.arange(n) // 2 if groups else None)


def test_tensors_of_a_split_have_one_length():
    with pytest.raises(ValueError, match=r"\[2, 3\]"):
        Split((torch.zeros(3, 1),), torch.zeros(2))
    with pytest.raises(ValueError, match="length"):
        Split((torch.zeros(3, 1),), torch.zeros(3), torch.zeros(4))


@pytest.mark.parametrize("index", [torch.tensor([4, 1]), slice(1, 3), torch.arange(5) > 2])
def test_take_keeps_inputs_targets_and_groups_together(index):
    taken = split(5, groups=True).take(index)
    assert len(taken) == 2
    first, second = taken.inputs
    assert torch.equal(first[:, 0].long(), taken.targets)
    assert torch.equal(second, 10 * first)
    assert torch.equal(taken.groups, taken.targets // 2)


def test_moving_a_data_set_keeps_a_missing_validation_missing():
    splits = Splits(split(3), None, split(2), "classification", 3, ((1,), (1,)), "computed")
    moved = splits.to("meta")
    assert moved.validation is None
    assert moved.train.inputs[1].device.type == "meta"
    assert moved.test.groups is None
    assert moved.input_shape == (1,)
