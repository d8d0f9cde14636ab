import pytest
import torch

from deepclaims.errors import ConfigError
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import MODELS, build_model, count_parameters
from deepclaims.nn.unit_noise import NoisyUnits, UnitNoise

MNIST = Interface(((1, 28, 28),), 10)
BEATS = Interface(((64, 2, 108), (64, 11)), 4, per_step=True)


def build(interface, keep=None, init="he", seed=0, **model):
    generator = torch.Generator().manual_seed(seed)
    return build_model(model, {"name": init}, interface, keep or UnitNoise(), generator)


def sizes_of(model):
    """Parameters of each layer that has some, in order."""
    layers = [m for m in model.modules() if any(True for _ in m.parameters(recurse=False))]
    return [count_parameters(layer) for layer in layers]


def test_lenet_has_the_slides_parameters():
    model = build(MNIST, name="lenet")
    assert sizes_of(model) == [60, 880, 48_120, 10_164, 850]
    assert model(torch.zeros(3, 1, 28, 28)).shape == (3, 10)


def test_lenet_has_the_slides_shapes():
    model = build(MNIST, name="lenet")
    shapes, x = [], torch.zeros(1, 1, 28, 28)
    for layer in model.convolutions:
        x = layer(x)
        if isinstance(layer, torch.nn.Conv2d | torch.nn.AvgPool2d):
            shapes.append(tuple(x.shape[1:]))
    assert shapes == [(6, 26, 26), (6, 13, 13), (16, 11, 11), (16, 5, 5)]


@pytest.mark.parametrize("side", [28, 27, 30])
def test_lenet_is_its_layers(side):
    """Outputs and gradients, beside the layers called one after another; odd sides too."""
    model = build(Interface(((2, side, side),), 10), name="lenet").double()
    x = torch.randn(5, 2, side, side, dtype=torch.float64)
    found, wanted = model(x), model.dense(model.convolutions(x))
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-12)
    gradients = (
        torch.autograd.grad(y.square().sum(), list(model.parameters())) for y in (found, wanted)
    )
    for own, other in zip(*gradients, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-12, atol=1e-12)


def test_lenet_evaluates_some_images_at_once():
    model = build(MNIST, name="lenet").double()
    x = torch.randn(130, 1, 28, 28, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(model(x), model.dense(model.convolutions(x)))


def test_lenet_with_another_activation_is_its_layers():
    model = build(MNIST, name="lenet", activation="tanh")
    x = torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(model(x), model.dense(model.convolutions(x)))


def test_lenet_adapts_to_pooled_images_and_refuses_vectors():
    assert build(Interface(((1, 14, 14),), 10), name="lenet")(torch.zeros(2, 1, 14, 14)).shape == (
        2,
        10,
    )
    with pytest.raises(ConfigError, match="reads images"):
        build(Interface(((784,),), 10), name="lenet")


def test_mlp_is_its_formula():
    model = build(MNIST, name="mlp", depth=2, width=30, activation="tanh")
    assert sizes_of(model) == [785 * 30, 31 * 30, 31 * 10]
    x = torch.randn(5, 1, 28, 28)
    (w1, b1, w2, b2, w3, b3) = model.parameters()
    h = torch.tanh(torch.tanh(x.flatten(1) @ w1.T + b1) @ w2.T + b2)
    torch.testing.assert_close(model(x), h @ w3.T + b3)


def test_mlp_of_depth_0_is_linear():
    assert sizes_of(build(MNIST, name="mlp", depth=0)) == [7850]


@pytest.mark.parametrize("bidirectional", [False, True])
def test_lstm_reads_rows_and_answers_from_the_last_state(bidirectional):
    model = build(MNIST, name="lstm", width=8, bidirectional=bidirectional)
    x = torch.randn(3, 1, 28, 28)
    states, _ = model.cell(x[:, 0])
    last = states[:, -1, :8]
    if bidirectional:
        last = torch.cat([last, states[:, 0, 8:]], dim=-1)
    torch.testing.assert_close(model(x), model.head(last))


@pytest.mark.parametrize("name", ["rnn", "lstm"])
def test_recurrent_nets_answer_every_step_if_asked(name):
    model = build(BEATS, name=name, width=5)
    assert model.cell.input_size == 2 * 108 + 11
    assert model(torch.zeros(3, 64, 2, 108), torch.zeros(3, 64, 11)).shape == (3, 64, 4)


def test_a_one_way_rnn_cannot_see_ahead_and_a_two_way_one_can():
    interface = Interface(((10, 2),), 3, per_step=True)
    x = torch.randn(1, 10, 2)
    changed = x.clone()
    changed[:, 7:] += 1
    for bidirectional, same in ((False, True), (True, False)):
        model = build(interface, name="rnn", width=4, bidirectional=bidirectional)
        assert torch.equal(model(x)[:, :7], model(changed)[:, :7]) is same


def test_autoencoder_gives_back_the_shape_and_passes_through_the_code():
    model = build(MNIST, name="autoencoder", depth=1, width=50, code=7)
    assert model.encode(torch.zeros(4, 1, 28, 28)).shape == (4, 7)
    assert model(torch.zeros(4, 1, 28, 28)).shape == (4, 1, 28, 28)
    assert sizes_of(model) == [785 * 50, 51 * 7, 8 * 50, 51 * 784]


def test_beatnet_has_the_parameters_of_its_parts():
    # Conv 2->16 (7), 16->24 (5), 24->24 (3); 108 samples become 14, pooled 7; two dense layers;
    # LSTM both ways, 4 gates of 32 from 48 + 32 and two biases; head 64 + 48 -> 4.
    parts = 16 * 15, 24 * 81, 24 * 73, 24 * 169, 24 * 12, 2 * 4 * 32 * (48 + 32 + 2), 4 * 113
    assert sum(parts) == 29_724
    model = build(BEATS, name="beatnet", cell="lstm", width=32)
    assert sorted(sizes_of(model)) == sorted(parts)
    assert model(torch.zeros(3, 64, 2, 108), torch.zeros(3, 64, 11)).shape == (3, 64, 4)


def test_beatnet_without_recurrence_labels_each_beat_on_its_own():
    model = build(BEATS, name="beatnet", cell="none")
    beats, features = torch.randn(1, 64, 2, 108), torch.randn(1, 64, 11)
    order = torch.randperm(64)
    torch.testing.assert_close(
        model(beats, features)[:, order], model(beats[:, order], features[:, order])
    )


@pytest.mark.parametrize("name", sorted(MODELS))
def test_weights_come_from_the_generator_alone(name):
    interface = BEATS if name == "beatnet" else MNIST
    states = []
    for global_seed, seed in ((0, 3), (1, 3), (1, 4)):
        torch.manual_seed(global_seed)
        states.append(
            torch.cat(
                [p.flatten() for p in build(interface, None, "he", seed, name=name).parameters()]
            )
        )
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])


def test_dropout_is_where_the_config_says():
    model = build(MNIST, UnitNoise(p_keep=0.5, p_keep_input=0.8), name="mlp", depth=3)
    assert [m.p_keep for m in model.modules() if isinstance(m, NoisyUnits)] == [0.8, 0.5, 0.5, 0.5]
    assert not any(isinstance(m, NoisyUnits) for m in build(MNIST, name="mlp").modules())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            {"name": "resnet"},
            r"'resnet'.*known: autoencoder, beatnet, budgeted_mlp, convnet, lenet",
        ),
        ({"name": "mlp", "hidden": 3}, r"no option hidden; known: depth, width, activation"),
        ({"name": "rnn", "activation": "sigmoid"}, "tanh or relu"),
        ({"name": "beatnet"}, "labels runs of beats"),
    ],
)
def test_what_cannot_be_built_is_refused(model, message):
    with pytest.raises(ConfigError, match=message):
        build(MNIST, **model)
