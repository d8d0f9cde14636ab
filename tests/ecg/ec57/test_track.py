import numpy as np
import pytest

from deepclaims.ecg.ec57.track import CLASSES, DE_CHAZAL, read_track


def read(*events, **options):
    return read_track([(at, symbol, *rest, 0)[:3] for at, symbol, *rest in events], 54, **options)


def labels(track):
    return "".join(CLASSES[label] for label in track.label)


def test_every_symbol_of_a_beat_has_its_class():
    beats = "NLRBAaJSejnVErFQ/f?"
    track = read(*[(100 * k, symbol) for k, symbol in enumerate(beats + '+|!"x')])
    assert labels(track) == "NNNNSSSSSSSVVVFQQQQ"


def test_escape_beats_are_normal_to_de_chazal():
    assert labels(read((1, "e"), (2, "j"), (3, "n"), mapping=DE_CHAZAL)) == "NNS"


def test_nothing_in_fibrillation_is_a_beat():
    track = read((1, "N"), (5, "["), (6, "!"), (7, "V"), (8, "~", -1), (9, "]"), (20, "N"))
    assert track.sample.tolist() == [1, 20]
    assert track.flutter.tolist() == [[5, 9]]
    assert [track.in_flutter(at) for at in (4, 5, 9, 10)] == [False, True, True, False]
    assert not len(track.shutdowns)


def test_fibrillation_that_does_not_end_goes_on_to_the_end():
    assert read((5, "["), (6, "N"), end=99).flutter.tolist() == [[5, 99]]


@pytest.mark.parametrize("subtype", [-1, 0x30, 0x33])
@pytest.mark.parametrize("resumed", [0, 1, 0x10, 0x20])
def test_both_bits_begin_a_shutdown_and_its_fellow_ends_it(subtype, resumed):
    track = read((100, "~", subtype), (300, "~", resumed), (900, "N"))
    assert track.shutdowns.tolist() == [[100, 300]]
    assert track.shutdown_samples(1000) == 200


def test_noise_is_no_shutdown():
    assert not len(read((100, "~", 1), (300, "~", 2), (500, "~", 3)).shutdowns)


def test_one_mark_alone_is_read_as_in_the_files_of_the_aha():
    track = read((100, "N"), (500, "~", -1), (900, "V"))
    assert track.shutdowns.tolist() == [[154, 846]]
    assert labels(track) == "NV"


def test_a_shutdown_that_does_not_end_hides_what_is_missed_only_if_it_is_the_only_one():
    alone = read((100, "N"), (500, "~", -1))
    assert alone.in_shutdown(900)
    assert alone.shutdown_samples(1000) == 500
    second = read((10, "~", -1), (20, "~", 0), (500, "~", -1))
    assert not second.in_shutdown(900)
    assert second.shutdown_samples(1000) == 510


def test_an_interval_needs_both_its_beats_and_nothing_between():
    track = read((100, "N"), (400, "N"), (450, "["), (460, "]"), (800, "N"), (1100, "V"),
                 (1100, "~", -1), (1200, "~", 0), (1500, "N"))  # fmt: skip
    assert track.intervals().tolist() == [0, 300, 0, 300, 0, 0, 0]


def test_no_annotation_at_all():
    track = read()
    assert track.sample.dtype == np.int64
    assert track.intervals().tolist() == [0, 0]
