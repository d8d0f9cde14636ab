import pytest
import torch

from deepclaims.errors import ConfigError
from deepclaims.training.resident import Interning, PerReplica


def test_equal_tensors_are_kept_once():
    intern = Interning()
    a = torch.randn(50, 3)
    assert intern(a) is a
    assert intern(a.clone()) is a
    other = a.clone()
    other[17, 2] += 1
    assert intern(other) is other
    assert intern(a.double()) is not a


def test_each_replica_gets_its_own_rows():
    a, b = torch.randn(5, 2), torch.randn(5, 2)
    each = PerReplica([a, b, a])
    assert len(each.rows) == 10
    batch = torch.tensor([[0, 4], [3, 3], [1, 2]])
    everybody = torch.arange(3)
    expected = torch.cat([a[[0, 4]], b[[3, 3]], a[[1, 2]]])
    assert torch.equal(each.gather(batch, everybody), expected)
    present = torch.tensor([2, 1])
    assert torch.equal(each.gather(batch[present], present), torch.cat([a[[1, 2]], b[[3, 3]]]))


def test_what_all_share_is_not_copied():
    a = torch.randn(5, 2)
    each = PerReplica([a] * 3)
    assert each.rows is a
    assert torch.equal(each.gather(torch.tensor([[1], [0], [1]]), torch.arange(3)), a[[1, 0, 1]])


def test_other_shapes_are_refused():
    with pytest.raises(ConfigError, match="other shapes"):
        PerReplica([torch.randn(3), torch.randn(4)])
