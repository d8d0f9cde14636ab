import pytest

from deepclaims.evidence.diagnosis import DiagnosedCell, Diagnosis


@pytest.mark.parametrize(
    ("train", "held_out", "bayes", "weak_point"),
    [
        (0.10, 0.12, 0.00, "bias"),
        (0.10, 0.12, 0.10, "variance"),
        (0.01, 0.12, 0.00, "variance"),
        (0.001, 0.005, 0.0, "neither"),
        (0.05, 0.30, 0.10, "variance"),  # noisy labels learnt by heart: below the Bayes error
    ],
)
def test_the_weak_point(train, held_out, bayes, weak_point):
    found = Diagnosis(train, held_out, bayes)
    assert found.weak_point == weak_point
    assert found.avoidable_bias == max(0.0, train - bayes)
    assert found.gap == held_out - train


def test_a_cell_comes_back_from_plain_data():
    from dataclasses import asdict

    cell = DiagnosedCell("net", "", {"lr": 0.1, "n": 5}, 3, "test", "none", {}, Diagnosis(0.1, 0.2))
    assert DiagnosedCell.from_dict(asdict(cell)) == cell
    assert cell.label == "net · lr=0.1, n=5"
