import pytest
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.claims.regularisation import digit_nets
from deepclaims.claims.regularisation.digit_nets import Images, Learning

DATA = {"name": "mnist", "pool": 2, "n_train": 3000}


def drawn(n=40, d=6, seed=0):
    g = torch.Generator().manual_seed(seed)
    x, labels = torch.randn(n, d, generator=g), torch.randint(0, 10, (n,), generator=g)
    return Images(x, labels, labels)


def in_torch(w, r):
    """The r-th net of a stack as torch's own."""
    first, second = (nn.Linear(*w[name].shape[1:]) for name in ("w", "v"))
    for layer, (weight, bias) in ((first, ("w", "b")), (second, ("v", "c"))):
        layer.weight.data, layer.bias.data = w[weight][r].T.clone(), w[bias][r, 0].clone()
    return nn.Sequential(first, nn.ReLU(), second)


def test_slices_are_apart_and_their_labels_wrong_as_often_as_asked(project_with_data):
    parts = digit_nets.slices(DATA, 0.2, [50, 30, 100], 3)
    assert [len(part) for part in parts] == [50, 30, 100]
    images = torch.cat([part.x for part in parts])
    assert len(torch.unique(images, dim=0)) == 180
    wrong = torch.cat([part.given != part.true for part in parts])
    assert int(wrong.sum()) == 36
    clean = digit_nets.slices(DATA, 0.0, [50, 30, 100], 3)
    for one, other in zip(parts, clean, strict=True):
        assert torch.equal(one.x, other.x)
        assert torch.equal(one.true, other.given)
    assert not torch.equal(digit_nets.slices(DATA, 0.2, [50], 4)[0].x, parts[0].x)


@pytest.mark.parametrize("keep", [None, torch.tensor([1.0, 0.5])])
def test_a_stack_learns_as_torchs_nets_do(keep):
    images, g = drawn(), torch.Generator().manual_seed(1)
    weights = digit_nets.start(2, 6, 5, g)
    decay, seen = torch.tensor([0.0, 0.1]), {}

    def look(t, w):
        seen[t] = {name: each.detach().clone() for name, each in w.items()}

    Learning(0.01, 12, 20, 4, decay=decay, keep=keep).learn(
        weights, images, torch.Generator().manual_seed(2), look
    )
    assert list(seen) == [0, 4, 8, 12]
    for r, strength in enumerate(decay):
        net = in_torch(weights, r)
        adam = torch.optim.Adam(net.parameters(), lr=0.01)
        order = torch.Generator().manual_seed(2)
        for _ in range(6):
            for rows in torch.randperm(40, generator=order).split(20):
                squares = sum(net[layer].weight.square().sum() for layer in (0, 2))
                hidden = net[:2](images.x[rows])
                if keep is not None:
                    hidden = hidden * (torch.rand(20, 5, generator=order) < keep[r]) / keep[r]
                loss = F.cross_entropy(net[2](hidden), images.given[rows])
                adam.zero_grad()
                (loss + strength / 2 * squares).backward()
                adam.step()
        last = {name: each[r : r + 1] for name, each in seen[12].items()}
        assert torch.allclose(digit_nets.outputs(last, images.x)[0], net(images.x), atol=1e-5)


def test_dropout_keeps_the_mean_and_one_keeps_all():
    learning = Learning(0.1, 1, 1, 1, keep=torch.tensor([1.0, 0.5]))
    mask = learning._mask(4000, 3, torch.Generator().manual_seed(0))
    assert bool((mask[0] == 1).all())
    assert set(mask[1].unique().tolist()) == {0.0, 2.0}
    assert float(mask[1].mean()) == pytest.approx(1.0, abs=0.05)


def test_cost_is_torchs():
    images = drawn()
    w = digit_nets.start(3, 6, 5, torch.Generator().manual_seed(1))
    logits = digit_nets.outputs(w, images.x)
    each = [F.cross_entropy(one, images.given) for one in logits]
    assert digit_nets.cross_entropy(logits, images.given).tolist() == pytest.approx(
        [float(one) for one in each]
    )


def test_where_there_are_fewer_images_all_slices_shrink_alike(project_with_data):
    parts = digit_nets.slices({**DATA, "n_train": 90}, 0.2, [50, 30, 100], 3)
    assert [len(each) for each in parts] == [25, 15, 50]
