import math

import pytest
import torch
from scipy import ndimage

from deepclaims.training.augmentation import Shift, build_augment, reader
from deepclaims.training.distortion import distort_images


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_each_image_is_moved_whole_and_by_its_own_draw():
    x = torch.zeros(400, 1, 9, 9)
    x[:, :, 4, 4] = 1
    moved = Shift(generator(), pixels=2)((x,))[0]
    assert (moved.sum((1, 2, 3)) == 1).all()
    places = torch.nonzero(moved)[:, 2:]
    assert places.min() == 2
    assert places.max() == 6
    # 25 places, equally likely: each has 16 ± 4 of 400.
    counts = torch.unique(places, dim=0, return_counts=True)[1]
    assert len(counts) == 25
    assert counts.min() > 3
    assert counts.max() < 35


def test_what_comes_in_is_the_edges_grey():
    x = torch.full((50, 2, 5, 5), -0.4)
    assert torch.equal(Shift(generator(), pixels=1)((x,))[0], x)


def test_a_shift_is_torchs_roll_where_nothing_comes_in():
    x = torch.zeros(30, 1, 8, 8)
    x[:, :, 2:6, 2:6] = torch.randn(30, 1, 4, 4)
    moved = Shift(generator(), pixels=1)((x,))[0]
    for before, after in zip(x, moved, strict=True):
        rolls = [torch.roll(before, (i, j), (1, 2)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        assert any(torch.equal(after, roll) for roll in rolls)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_a_shift_cuts_a_window_out_of_the_padded_image(layout):
    x = torch.randn(40, 3, 6, 9).contiguous(memory_format=layout)
    padded = torch.nn.functional.pad(x, [2] * 4, mode="replicate")
    down, right = torch.randint(0, 5, (2, 40), generator=generator()).tolist()
    wanted = [
        image[:, i : i + 6, j : j + 9] for image, i, j in zip(padded, down, right, strict=True)
    ]
    assert torch.equal(Shift(generator(), pixels=2)((x,))[0], torch.stack(wanted))


def test_batches_read_from_framed_images_are_batches_moved():
    """What is read has the bits of what is gathered and then moved, and draws the same numbers."""
    x, y, index = torch.randn(40, 3, 6, 9), torch.randn(40, 2), torch.randperm(40)[:13]
    read = reader((x, y), Shift(generator(), pixels=2))
    moves = Shift(generator(), pixels=2)
    for _ in range(2):
        for found, wanted in zip(read(index), moves((x[index], y[index])), strict=True):
            assert torch.equal(found, wanted)


def test_the_data_themselves_stay_as_they_are():
    x = torch.randn(10, 4, 2, 16)
    features = torch.randn(10, 4, 3)
    kept = x.clone(), features.clone()
    augment = build_augment({"name": "beats"}, generator())
    new = augment((x, features))
    assert torch.equal(x, kept[0])
    assert torch.equal(features, kept[1])
    assert [t.shape for t in new] == [x.shape, features.shape]


def test_beats_have_the_asked_for_noise():
    x, features = torch.zeros(50, 8, 2, 100), torch.zeros(50, 8, 11)
    config = {"name": "beats", "noise": 0.3, "feature_noise": 0.7, "gain": 0.2, "samples": 2}
    noise, feature_noise = build_augment(config, generator())((x, features))
    assert abs(noise.std().item() - 0.3) < 0.005
    assert abs(feature_noise.std().item() - 0.7) < 0.03


def test_gain_is_one_number_a_run_and_lead():
    x = torch.ones(2000, 3, 2, 4)
    config = {"name": "beats", "noise": 0.0, "feature_noise": 0.0, "gain": 0.2, "samples": 0}
    (out,) = build_augment(config, generator())((x,))
    log_gain = out[:, 0, :, 0].log()
    assert torch.equal(out, out[:, :1, :, :1].expand_as(out))
    assert abs(log_gain.std().item() - 0.2) < 0.01
    assert abs(torch.corrcoef(log_gain.T)[0, 1].item()) < 0.1


def test_a_run_has_both_leads_or_the_first_alone():
    x = torch.randn(2000, 3, 2, 4)
    plain = {"name": "beats", "noise": 0.0, "feature_noise": 0.0, "gain": 0.0, "samples": 0}
    (out,) = build_augment({**plain, "silence": 0.3}, generator())((x,))
    assert torch.equal(out[:, :, 0], x[:, :, 0])
    off = (out[:, :, 1] == 0).flatten(1).all(dim=1)
    assert torch.equal(out[~off], x[~off])
    assert abs(off.float().mean().item() - 0.3) < 0.04


def test_without_silence_no_number_is_drawn_for_it():
    x, drawn = torch.randn(4, 3, 2, 8), []
    for silence in ({}, {"silence": 0.0}):
        own = generator()
        build_augment({"name": "beats", **silence}, own)((x,))
        drawn.append(own.get_state())
    assert torch.equal(*drawn)


def test_none_is_nothing():
    assert build_augment({"name": "none"}, generator()) is None


def test_a_distortion_of_nothing_is_the_image():
    x = torch.randn(3, 2, 9, 7, dtype=torch.float64)
    torch.testing.assert_close(distort_images(x, generator()), x, rtol=0, atol=1e-12)


def test_a_turn_is_scipys_about_the_centre():
    y, x = torch.meshgrid(*[torch.linspace(-2, 2, 33, dtype=torch.float64)] * 2, indexing="ij")
    image = (-((x - 0.5) ** 2 + (y + 0.3) ** 2)).exp().expand(200, 1, 33, 33)
    turned = distort_images(image, generator(), degrees=30)
    angles = 30 * torch.empty(200, dtype=torch.float64).uniform_(-1, 1, generator=generator())
    for angle, found in zip(angles[:5], turned[:5, 0], strict=True):
        wanted = ndimage.rotate(image[0, 0].numpy(), float(angle), reshape=False, order=1)
        inner = slice(8, 25)
        torch.testing.assert_close(
            found[inner, inner], torch.tensor(wanted)[inner, inner], rtol=0, atol=1e-6
        )


def test_a_shift_moves_the_whole_image_by_at_most_so_many_pixels():
    ramp = torch.arange(20.0).expand(500, 1, 20, 20)
    moved = distort_images(ramp, generator(), pixels=2.5)[:, 0, :, 5:15] - ramp[:, 0, :, 5:15]
    assert moved.std((1, 2)).max() < 1e-4
    assert 2.4 < moved.abs().max() <= 2.5 + 1e-4
    assert abs(moved[:, 0, 0].mean()) < 3 * 2.5 / 3**0.5 / 500**0.5


def test_a_warp_has_the_asked_for_size_and_is_smooth():
    ramp = torch.arange(60.0).expand(300, 1, 60, 60)
    warp = (
        distort_images(ramp, generator(), elastic=1.5)[:, 0, 10:50, 10:50]
        - ramp[:, 0, 10:50, 10:50]
    )
    assert abs(warp.square().mean().sqrt() - 1.5) < 0.05
    # Neighbours of a field smoothed by a Gaussian of 4 pixels correlate exp(-1/(4·16)).
    step = warp.diff(dim=2).square().mean() / (2 * warp.square().mean())
    assert abs(step - (1 - math.exp(-1 / 64))) < 0.002


def test_a_warp_is_white_noise_smoothed_by_scipys_gaussian():
    """Of a ramp it is seen as it is; scipy's filter ends at the same three deviations."""
    n, height, width, sigma = 3, 11, 8, 2.0
    ramp = torch.arange(100.0, 100 + width, dtype=torch.float64).expand(n, 1, height, width)
    warp = distort_images(ramp, generator(), elastic=0.1, smoothness=sigma) - ramp
    own, reach = generator(), 6
    for shape in ((n,), (n, 2, 1, 1)):  # a turn and a shift are drawn before it
        torch.empty(shape, dtype=torch.float64).uniform_(generator=own)
    white = torch.empty(n, 2, height + 2 * reach, width + 2 * reach, dtype=torch.float64)
    white.normal_(generator=own)
    t = torch.arange(-reach, reach + 1, dtype=torch.float64)
    line = (-0.5 * (t / sigma) ** 2).exp()
    scale = float(line.sum() ** 2 / line.square().sum())  # scipy's weights sum to 1
    smooth = ndimage.gaussian_filter(
        white.numpy(), (0, 0, sigma, sigma), radius=(0, 0, reach, reach)
    )
    wanted = 0.1 * scale * torch.tensor(smooth)[:, 0, reach:-reach, reach:-reach]
    inner = slice(1, -1)  # at the border nothing comes in
    torch.testing.assert_close(warp[:, 0, :, inner], wanted[..., inner], rtol=0, atol=1e-12)


def test_another_electrode_changes_gain_noise_and_baseline_by_what_is_asked_for():
    x = torch.ones(4000, 2, 100)
    config = {"name": "electrode", "gain": 0.2, "noise": 0.0, "wander": 0.0}
    (gained,) = build_augment(config, generator())((x,))
    assert torch.equal(gained.std(-1), torch.zeros(4000, 2))
    assert abs(gained[..., 0].log().std() - 0.2) < 0.01
    (noisy,) = build_augment(config | {"gain": 0.0, "noise": 0.3}, generator())((x,))
    assert abs((noisy - x).std() - 0.3) < 0.005
    silent = torch.zeros_like(x)
    (baseline,) = build_augment(config | {"gain": 0.0, "wander": 0.5}, generator())((silent,))
    # E[A²] E[sin²] = 0.25 / 2, and at most one period in a sample.
    assert abs(baseline.square().mean() - 0.125) < 0.01
    assert ((baseline.diff(dim=-1).sign().diff(dim=-1) != 0).sum(-1) <= 3).all()


def test_noise_on_the_inputs_comes_after_the_augmentation_and_on_all_of_them():
    x, features = torch.zeros(4000, 3, 2, 4), torch.zeros(4000, 3, 5)
    augment = build_augment({"name": "none"}, generator(), input_noise=0.4)
    for before, after in zip((x, features), augment((x, features)), strict=True):
        assert abs((after - before).std() - 0.4) < 0.01
    assert build_augment({"name": "none"}, generator()) is None
