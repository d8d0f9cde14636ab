import pandas as pd

from deepclaims.claims.claim import Claim
from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results


def test_the_largest_or_the_smallest_of_all_cells_or_of_some():
    table = pd.DataFrame(
        {"part": "nets", "metric": "gap", "seed": [1, 2, 1, 2], "step": None,
         "width": [4, 4, 8, 8], "value": [0.5, 0.1, 0.9, 0.2]}
    )  # fmt: skip
    results = Results(Claim("c/d", "laptop", {}, {}, ()), table)
    largest, smallest = extreme(results, "nets", "gap"), extreme(results, "nets", "gap", "min")
    assert (largest.value, largest.low, largest.high, largest.n) == (0.9, 0.9, 0.9, 4)
    assert (smallest.value, smallest.n) == (0.1, 4)
    assert extreme(results, "nets", "gap", width=4).value == 0.5
