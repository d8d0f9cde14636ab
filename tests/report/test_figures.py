import subprocess
import sys
import textwrap
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from deepclaims.errors import StorageError
from deepclaims.report import figures
from deepclaims.report.style import figure, measured


def drawn(points: int = 8):
    fig, ax = figure()
    x = np.linspace(0.1, 0.9, points)
    measured(ax, x, np.sin(9 * x), label="sin")
    ax.set_xlabel("α")
    ax.legend()
    return fig


def test_both_files_are_written_and_light(tmp_path):
    svg, png = figures.save(drawn(), tmp_path / "new" / "folder", "sweep", "en")
    assert [path.name for path in (svg, png)] == ["sweep.en.svg", "sweep.en.png"]
    assert svg.stat().st_size < 60_000
    assert png.stat().st_size < 60_000
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    with Image.open(png) as image:
        assert image.info["dpi"] == pytest.approx((150, 150), abs=0.1)
        assert image.size == (960, 600)
    assert sorted(path.name for path in svg.parent.iterdir()) == ["sweep.en.png", "sweep.en.svg"]


def test_nothing_in_the_svg_leads_outside_or_tells_the_date(tmp_path):
    svg, _ = figures.save(drawn(), tmp_path, "sweep", "en")
    text = svg.read_text()
    assert "<dc:date>" not in text
    assert "metadata" not in text
    assert "<image" not in text


def test_dense_figures_stay_below_the_limit(tmp_path):
    fig, (left, right) = figure(1, 2)
    rng = np.random.default_rng(0)
    left.scatter(*rng.normal(size=(2, 20_000)), s=4)
    for _ in range(300):  # each too small to be dense, too heavy together
        right.plot(rng.normal(size=150))
    svg, _ = figures.save(fig, tmp_path, "dense", "en")
    assert svg.stat().st_size < figures.SVG_LIMIT
    assert "<image" in svg.read_text()


def test_spanish_axes_have_decimal_commas(tmp_path):
    def labels(language):
        fig = drawn()
        fig.axes[0].set_yscale("symlog")
        figures.save(fig, tmp_path, "x", language)
        return [label.get_text() for label in fig.axes[0].get_xticklabels()]

    assert "0.2" in labels("en")
    assert "0,2" in labels("es")
    assert not any("." in label for label in labels("es"))


def test_texts_that_a_claim_wrote_itself_are_left_alone(tmp_path):
    fig = drawn()
    fig.axes[0].set_xticks([0.2, 0.4], ["v1.0", "v2.0"])
    figures.save(fig, tmp_path, "x", "es")
    assert [label.get_text() for label in fig.axes[0].get_xticklabels()] == ["v1.0", "v2.0"]


def test_the_size_is_read_from_the_svg(tmp_path):
    svg, _ = figures.save(drawn(), tmp_path, "x", "en")
    assert figures.size(svg.read_text()) == (614, 384)  # 6.4 x 4 inches at 96 pixels
    assert figures.size("<svg viewBox='0 0 1 1'>") is None


def test_rounding_moves_no_coordinate_by_more_than_a_hundredth():
    svg = '<path d="M 1.234567 -0.001 L 20.005 3e-05 z"/><path id="d=1.23456"/>'
    assert figures._slim(svg) == '<path d="M 1.23 0 L 20 3e-05 z"/><path id="d=1.23456"/>'


def test_another_process_draws_the_same_bytes(tmp_path):
    code = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from deepclaims.report.figures import save
        from deepclaims.report.style import figure, measured
        fig, ax = figure()
        measured(ax, [1, 2, 3], [1, 4, 9], [0, 3, 8], [2, 5, 10], label="x²")
        ax.legend()
        save(fig, Path(sys.argv[1]), "x", "es")
        """
    )
    for run in ("a", "b"):
        subprocess.run([sys.executable, "-c", code, tmp_path / run], check=True)
    for ending in ("svg", "png"):
        first, second = ((tmp_path / run / f"x.es.{ending}").read_bytes() for run in "ab")
        assert first == second


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot write .*file"):
        figures.save(drawn(), tmp_path / "file", "x", "en")
