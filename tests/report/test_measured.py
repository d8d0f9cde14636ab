import numpy as np
import pandas as pd

from deepclaims.report.pages.measured import points

NAME = "optimisation/momentum-lowers-ball"


def test_means_are_those_of_pandas_to_the_last_digit(tmp_path):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "part": rng.choice(["additive", "other"], 2000),
            "metric": rng.choice(["ball", "loss"], 2000),
            "value": rng.lognormal(0, 5, 2000),
            "lr": rng.choice([0.1, 0.01, np.nan], 2000),
            "beta": rng.choice([0.0, 0.5, 0.9], 2000),
        }
    )
    table.loc[::50, "value"] = np.nan
    table.to_parquet(tmp_path / "replicas.parquet")
    rows = table[(table["part"] == "additive") & (table["metric"] == "ball")]
    means = rows.groupby(["beta", "lr"])["value"].mean()
    assert points([NAME], lambda _: tmp_path / "replicas.parquet") == {
        "momentum-lowers-ball": [
            {"x": lr, "y": value, "at": beta} for (beta, lr), value in means.items()
        ]
    }
