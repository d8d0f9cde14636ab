import pytest
import torch
from torch import nn

from deepclaims.data.memory_problems import adding, cue, recall
from deepclaims.nn.receptive_field import receptive_field
from deepclaims.nn.stacked_convolution import draw_convolutions, last_output


def drawn(seed=0):
    return torch.Generator().manual_seed(seed)


def test_recall_shows_the_symbol_once_and_then_noise():
    x, y = recall(2, 400, drawn(), lag=9, noise=3.0)
    assert x.shape == (2, 10, 400, 5)
    assert torch.equal(x[:, 0, :, :4].argmax(-1), y)
    assert (x[:, 1:, :, :4] == 0).all()
    assert x[..., 4].std().item() == pytest.approx(3.0, rel=0.03)
    assert set(y.flatten().tolist()) == {0, 1, 2, 3}


def test_the_cue_stands_at_its_distance_from_the_end():
    x, y = cue(2, 300, drawn(), distance=3, steps=8, noise=0.5)
    assert torch.equal((x[:, 4, :, 0] > 0).long(), y)
    assert (x[..., 1].sum(1) == 1).all()
    assert (x[:, 4, :, 1] == 1).all()


def test_adding_marks_one_number_in_each_half_and_has_the_known_variance():
    x, y = adding(2, 4000, drawn(), length=10)
    assert (x[:, :5, :, 1].sum(1) == 1).all()
    assert (x[:, 5:, :, 1].sum(1) == 1).all()
    torch.testing.assert_close((x[..., 0] * x[..., 1]).sum(1), y)
    assert y.var().item() == pytest.approx(1 / 6, rel=0.05)


@pytest.mark.parametrize(("dilations", "seen"), [((1, 1, 1), 13), ((1, 2, 4), 29)])
def test_last_output_is_that_of_torchs_causal_layers(dilations, seen):
    assert receptive_field(5, dilations) == seen
    weights = draw_convolutions("he", 2, (2, 3, 2), 5, len(dilations), drawn())
    weights["b_0"] += 0.3
    x = torch.randn(2, 20, 4, 2, generator=drawn(1))
    found = last_output(weights, x, 5, dilations)
    for r in range(2):
        # samples, channels, steps, with silence before the first step
        h = nn.functional.pad(x[r].permute(1, 2, 0), (40, 0))
        for layer, dilation in enumerate(dilations):
            w = weights[f"w_{layer}"][r]
            filters = w.view(5, -1, 3).permute(2, 1, 0)
            padded = nn.functional.pad(h, (4 * dilation, 0))
            z = nn.functional.conv1d(padded, filters, weights[f"b_{layer}"][r], dilation=dilation)
            h = z.relu()
        expected = h[..., -1] @ weights["w_hy"][r] + weights["b_y"][r]
        torch.testing.assert_close(found[r], expected)
