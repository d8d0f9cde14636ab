from deepclaims.report import datatable
from deepclaims.report.drawn import Plot, Series, Shown


def test_each_series_is_named_once_over_its_rows():
    series = (Series("train", (1.0, 2.0), (0.5, 0.25)), Series("test", (1.0,), (0.75,)))
    (panel,) = datatable.tables(Plot((Shown("", "n", "error", series),)), "es")
    assert [(name, [row.y for row in rows]) for name, rows in panel.groups] == [
        ("train", ["0,5", "0,25"]),
        ("test", ["0,75"]),
    ]
