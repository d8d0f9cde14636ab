import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from deepclaims.ecg.ec57.scores import Scores, window
from deepclaims.ecg.ec57.track import CLASSES, Track, read_track

N, S, V, F, Q, NO_BEAT, SHUT = range(7)


def score(reference, test, end=10**6):
    tracks = [
        read_track([(at, symbol, *rest, 0)[:3] for at, symbol, *rest in events], 54)
        for events in (reference, test)
    ]
    return Scores.of(*tracks, 360, end, start=0)


def test_the_same_beats_are_scored_as_scikit_learn_does():
    rng = np.random.default_rng(0)
    at, true, called = np.arange(1, 401) * 300, rng.integers(0, 4, 400), rng.integers(0, 4, 400)
    found = Scores.of(Track(at, true), Track(at, called), 360, 10**6, start=0)
    assert (found.matrix[:4, :4] == confusion_matrix(true, called)).all()
    each = [found.normal, found.supraventricular, found.ventricular]
    se, pp = recall_score(true, called, average=None), precision_score(true, called, average=None)
    assert [100 * x for x in se[:2]] == pytest.approx([c.se.percent for c in each[:2]])
    assert 100 * pp[0] == pytest.approx(each[0].pp.percent)
    not_fusion = true != F  # F called V is no error of V
    assert found.ventricular.pp.percent == pytest.approx(
        100 * precision_score(true[not_fusion], called[not_fusion], average=None)[V]
    )


def test_what_is_no_error_of_v_and_s():
    at = [(300 * k, symbol) for k, symbol in enumerate("FQFQV", start=1)]
    called = [(300 * k, symbol) for k, symbol in enumerate("VVSSQ", start=1)]
    found = score(at, called)
    assert found.ventricular == (0, 1, 0)
    assert found.supraventricular == (0, 0, 1)


def test_missed_and_extra_beats_and_where_nothing_can_be_read():
    found = score(
        [(1000, "V"), (2000, "N"), (3000, "~", -1), (3900, "~", 0), (5000, "S")],
        [(1500, "~", -1), (2500, "~", 0), (3300, "V"), (4500, "N"), (5000, "S")],
    )
    assert found.matrix[V, NO_BEAT] == found.matrix[N, SHUT] == 1
    assert found.matrix[SHUT, V] == found.matrix[NO_BEAT, N] == found.matrix[S, S] == 1
    assert found.beats == (1, 2, 2)
    assert found.shutdown == pytest.approx(1000 / 360)
    assert found.missed_in_shutdown == (1, 3)


def test_beats_called_in_fibrillation_count_nowhere():
    found = score([(100, "N"), (500, "["), (1500, "]"), (2000, "N")],
                  [(100, "N"), (500, "V"), (1000, "V"), (1500, "V"), (2000, "N")])  # fmt: skip
    assert found.beats == (2, 0, 0)


def test_the_error_of_intervals_counts_at_every_step():
    found = score([(1000, "N"), (1360, "N"), (1720, "N")], [(1000, "N"), (1396, "N"), (1720, "N")])
    assert found.rr_error == pytest.approx(100)  # +36 and -36 samples
    extra = score([(1000, "N"), (2000, "N")], [(1000, "N"), (1500, "N"), (2000, "N")])
    assert extra.rr_count == 2  # at the extra beat too
    assert extra.rr_error == pytest.approx(1000 * 500 / 360)
    assert score([], []).rr_error == 0.0


def test_records_together_are_their_beats_together():
    one = score([(1000, "V")], [(1000, "V")])
    other = score([(1000, "V"), (2000, "V")], [(1000, "N"), (2000, "N")])
    both = Scores.gross([one, other])
    assert both.ventricular.se == (1, 3)
    assert np.isnan(both.supraventricular.se.percent)


def test_the_window_at_other_rates():
    assert [window(rate) for rate in (360, 250, 128, 1000)] == [54, 38, 19, 150]
    assert len(CLASSES) == NO_BEAT
