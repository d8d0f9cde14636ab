import pytest
import torch
from torch import nn

from deepclaims.errors import ConfigError
from deepclaims.nn.convolutional import causal_convolutions
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model, count_parameters
from deepclaims.nn.receptive_field import receptive_field
from deepclaims.nn.unit_noise import NoisyUnits, UnitNoise

IMAGE, SIGNAL = ((1, 28, 28),), ((2, 90),)


def build(inputs=IMAGE, keep=None, **options):
    interface, generator = Interface(inputs, 10), torch.Generator().manual_seed(0)
    model = {"name": "convnet", **options}
    return build_model(model, {"name": "he"}, interface, keep or UnitNoise(), generator)


@pytest.mark.parametrize("pool", ["max", "average", "stride"])
def test_halving_by_pool_or_by_stride_takes_as_many_parameters(pool):
    """28 → 24 → 12 → 8 → 4: (25 + 1)·8, (25·8 + 1)·16 and (256 + 1)·10."""
    net = build(kernel=5, pool=pool)
    assert count_parameters(net) == 208 + 3216 + 2570
    assert net(torch.zeros(3, 1, 28, 28)).shape == (3, 10)


def test_without_pooling_the_linear_layer_reads_every_pixel():
    assert count_parameters(build(pool="none")) == 80 + 1168 + (24 * 24 * 16 + 1) * 10


def test_it_is_the_layers_of_torch():
    net = build(pool="average")
    first, second = (layer for layer in net.features if isinstance(layer, nn.Conv2d))
    x = torch.randn(2, 1, 28, 28)
    h = nn.functional.avg_pool2d(first(x).relu(), 2)
    h = nn.functional.avg_pool2d(second(h).relu(), 2)
    torch.testing.assert_close(net(x), net.answer[1](h.flatten(1)))


@pytest.mark.parametrize("pool", ["max", "average", "none"])
def test_what_is_computed_in_another_order_is_the_same(pool):
    """ReLU after the maximum: outputs and gradients."""
    net = build(pool=pool, head="flatten").double()
    x = torch.randn(4, 1, 28, 28, dtype=torch.float64)
    h = x
    for layer in (layer for layer in net.features if isinstance(layer, nn.Conv2d)):
        h = nn.functional.conv2d(h, layer.weight.contiguous(), layer.bias).relu()
        h = {
            "max": lambda h: nn.functional.max_pool2d(h, 2),
            "average": lambda h: nn.functional.avg_pool2d(h, 2),
            "none": lambda h: h,
        }[pool](h)
    wanted = nn.functional.linear(h.flatten(1), net.answer[1].weight, net.answer[1].bias)
    torch.testing.assert_close(net(x), wanted, rtol=0, atol=1e-12)
    found, expected = (
        torch.autograd.grad(y.square().sum(), list(net.parameters())) for y in (net(x), wanted)
    )
    for own, other in zip(found, expected, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("side", "head"), [(28, "flatten"), (31, "global_average")])
def test_evaluation_is_training_without_slopes(side, head):
    """Maxima of maxima, of odd sides too, and of signals."""
    for shape in ((3, 1, side, side), (3, 2, 90)):
        net = build((shape[1:],), head=head, kernel=3)
        x = torch.randn(shape)
        with torch.no_grad():
            found = net(x)
        torch.testing.assert_close(found, net(x), rtol=0, atol=0)


@pytest.mark.parametrize("keep", [UnitNoise(p_keep=0.5), UnitNoise(sigma=0.3)])
def test_noise_comes_between_the_maps_and_the_linear_layer(keep):
    net = build(keep=keep, pool="none")
    x = torch.randn(3, 1, 28, 28)
    net.answer[0].generator = torch.Generator().manual_seed(1)
    noisy = net(x)
    net.answer[0].generator = torch.Generator().manual_seed(1)
    torch.testing.assert_close(noisy, net.answer(net.features(x).flatten(1)))
    assert not torch.allclose(noisy, net.eval()(x))


@pytest.mark.parametrize(
    ("head", "reduce"),
    [("global_max", lambda h: h.amax((2, 3))), ("global_average", lambda h: h.mean((2, 3)))],
)
def test_global_heads_take_any_size(head, reduce):
    net = build(head=head)
    assert count_parameters(net.answer) == 17 * 10
    for side in (14, 28, 33):
        x = torch.randn(2, 1, side, side)
        torch.testing.assert_close(net(x), net.answer(reduce(net.features(x))))


def test_a_flattening_head_takes_its_own_size_only():
    with pytest.raises(RuntimeError, match="size"):
        build()(torch.zeros(1, 1, 33, 33))


def test_signals_are_read_too():
    net = build(SIGNAL, channels=[4, 5, 6], kernel=7, padding="same", head="global_max")
    assert count_parameters(net) == (14 + 1) * 4 + (28 + 1) * 5 + (35 + 1) * 6 + 7 * 10
    assert net.features(torch.zeros(1, 2, 1, 90)).shape == (1, 6, 1, 11)
    first, x = net.features[1], torch.randn(3, 2, 90)
    along = torch.nn.functional.conv1d(x, first.weight.squeeze(2), first.bias, padding=3)
    torch.testing.assert_close(first(x.unsqueeze(2)).squeeze(2), along)
    assert net(x).shape == (3, 10)


@pytest.mark.parametrize(("padding", "side"), [("valid", 24), ("same", 28), ("full", 32)])
def test_paddings_are_the_slides(padding, side):
    net = build(channels=[2], kernel=5, padding=padding, pool="none")
    assert net.features(torch.zeros(1, 1, 28, 28)).shape[-1] == side


def test_dropout_is_before_the_first_and_the_last_layer():
    net = build(keep=UnitNoise(p_keep=0.5, p_keep_input=0.8))
    assert [m.p_keep for m in net.modules() if isinstance(m, NoisyUnits)] == [0.8, 0.5]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pool": "median"}, "model.pool=median.*max, average, stride, none"),
        ({"head": "mean"}, "model.head=mean.*flatten"),
        ({"padding": "reflect"}, "model.padding=reflect.*same"),
        ({"padding": "same", "kernel": 4}, "no same padding for an even filter"),
        ({"channels": [2, 2, 2, 2, 2]}, "too small"),
        ({"inputs": ((784,),)}, "reads images .* or signals"),
    ],
)
def test_what_cannot_be_built_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        build(**options)


def test_causal_convolutions_see_their_receptive_field_and_nothing_later():
    net = causal_convolutions(3, (1, 2), (2, 5), torch.Generator().manual_seed(0))
    x = torch.randn(4, 2, 12, dtype=torch.float64, requires_grad=True)
    y = net(x)
    assert y.shape == (4, 5, 12)
    (gradient,) = torch.autograd.grad(y[..., 8].sum(), [x])
    seen = gradient.abs().sum((0, 1)).nonzero().ravel().tolist()
    assert seen == list(range(8 - receptive_field(3, (1, 2)) + 1, 9))
