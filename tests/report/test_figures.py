import re
import subprocess
import sys
import textwrap
from xml.etree import ElementTree

import numpy as np
import pytest

from deepclaims.errors import StorageError
from deepclaims.report import figures
from deepclaims.report.drawn import read
from deepclaims.report.style import figure, measured


def drawn(points: int = 8):
    fig, ax = figure()
    x = np.linspace(0.1, 0.9, points)
    measured(ax, x, np.sin(9 * x), label="sin")
    ax.set_xlabel("α")
    ax.legend()
    return fig


def saved(fig, folder, language="en", *, narrow=False):
    figures.save(fig, folder, "sweep", language, narrow=narrow)
    return folder / f"sweep.{language}{'.narrow' if narrow else ''}.svg"


def test_a_drawing_comes_with_what_it_shows(tmp_path):
    folder = tmp_path / "new" / "folder"
    svg = saved(drawn(), folder)
    assert svg.stat().st_size < 20_000
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert sorted(path.name for path in folder.iterdir()) == [
        "sweep.csv", "sweep.en.json", "sweep.en.svg"
    ]  # fmt: skip
    (panel,) = figures.shown_in(folder, "sweep", "en").panels
    assert panel.x == "α"
    assert [(each.name, len(each.x)) for each in panel.series] == [("sin", 8)]


def test_data_that_are_damaged_are_named(tmp_path):
    saved(drawn(), tmp_path)
    (tmp_path / "sweep.en.json").write_text('{"panels": 1}')
    with pytest.raises(StorageError, match=r"sweep\.en\.json .*run `deepclaims judge` again"):
        figures.shown_in(tmp_path, "sweep", "en")


def test_nothing_in_the_svg_leads_outside_or_tells_the_date(tmp_path):
    text = saved(drawn(), tmp_path).read_text()
    assert "<dc:date>" not in text
    assert "metadata" not in text
    assert "<image" not in text
    assert set(re.findall(r"https?://[^\"]*", text)) <= {
        "http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"
    }  # fmt: skip


def test_the_ground_is_the_pages_own_and_a_dark_page_has_other_colours(tmp_path):
    text = saved(drawn(), tmp_path).read_text()
    assert "#fff" not in text.split("@media")[0]
    sheets = re.findall(r"<style>(.*?)</style>", text)
    inks, night = (
        {name for names, look in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet) if f":{ink}" in look
         for name in names.split(",")}
        for sheet, ink in zip(sheets, ("#333", "#ccd1d9"), strict=True)
    )  # fmt: skip
    assert inks
    assert inks == night


def test_every_class_and_every_reference_is_defined(tmp_path):
    text = saved(drawn(), tmp_path).read_text()
    defined = set(re.findall(r"\.([a-zA-Z]+)(?=[,{])", text.split("</style>")[0]))
    assert set(re.findall(r'class="(\w+)"', text)) <= defined
    ids = set(re.findall(r' id="(\w+)"', text))
    assert set(re.findall(r'href="#(\w+)"|url\(#(\w+)\)', text)) <= {
        pair for each in ids for pair in ((each, ""), ("", each))
    }


def test_indices_are_set_as_indices(tmp_path):
    fig = drawn()
    fig.axes[0].set_xlabel("E‖W_t − w*‖², n_train of one_name, θ_{t−1}")
    saved(fig, tmp_path)
    assert (
        fig.axes[0].get_xlabel() == r"E‖$W_{t}$ − w*‖², $n_{\mathrm{train}}$ of one_name, $θ_{t−1}$"
    )


def test_what_is_written_on_a_picture_keeps_its_colour(tmp_path):
    fig, ax = figure()
    ax.imshow(np.eye(2))
    ax.text(0, 0, "1", color="white")
    text = saved(fig, tmp_path).read_text()
    assert "#fefefe" in text
    assert "#fefefe" not in text.split("@media")[1].split("</style>")[0]


def test_dense_figures_stay_below_the_limit(tmp_path):
    fig, (left, right) = figure(1, 2)
    rng = np.random.default_rng(0)
    left.scatter(*rng.normal(size=(2, 20_000)), s=4)
    for _ in range(300):  # each too small to be dense, too heavy together
        right.plot(rng.normal(size=150))
    svg = saved(fig, tmp_path)
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
    svg = saved(drawn(), tmp_path)
    assert figures.size(svg.read_text()) == (614, 384)  # 6.4 x 4 inches at 96 pixels
    assert figures.size("<svg viewBox='0 0 1 1'>") is None


@pytest.mark.slow
def test_what_stands_out_of_a_page_makes_it_larger(tmp_path):
    """The name of a place that is wider than a phone was cut off."""
    plain = figures.size(saved(drawn(), tmp_path / "plain", narrow=True).read_text())
    named = drawn()
    name = named.text(0.8, 0.5, "a name as long as this one, which a phone has no room for")
    out = (name.get_window_extent().x1 / named.dpi - named.bbox_inches.x1) * 96  # CSS pixels
    wide = figures.size(saved(named, tmp_path / "named", narrow=True).read_text())
    assert out > 100
    assert plain[0] + out <= wide[0] <= plain[0] + out + 4
    assert wide[1] == plain[1]


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
    for ending in ("svg", "json"):
        first, second = ((tmp_path / run / f"x.es.{ending}").read_bytes() for run in "ab")
        assert first == second


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot write .*file"):
        figures.save(drawn(), tmp_path / "file", "x", "en")


def test_of_the_second_language_only_the_words_are_written(tmp_path):
    for language, named in (("es", "épocas"), ("en", "epochs")):
        fig = drawn()
        fig.axes[0].set_xlabel(named)
        figures.save(fig, tmp_path, "sweep", language)
    spanish, english = (figures.shown_in(tmp_path, "sweep", each) for each in ("es", "en"))
    assert (spanish.panels[0].x, english.panels[0].x) == ("épocas", "epochs")
    assert spanish.panels[0].series == english.panels[0].series
    assert (tmp_path / "sweep.en.json").read_text().startswith('["')


def test_no_number_is_written_twice_and_none_is_lost(tmp_path):
    for language, name in (("es", "redes"), ("en", "nets")):
        fig = drawn()
        shown = read(fig)
        fig.axes[0].set_title(name)
        figures.save(fig, tmp_path, "sweep", language)
    for language in ("es", "en"):
        assert figures.shown_in(tmp_path, "sweep", language).panels[0].series == (
            shown.panels[0].series
        )
        assert "0.1" not in (tmp_path / f"sweep.{language}.json").read_text()
    assert (tmp_path / "sweep.csv").read_text() == (figures.shown_in(tmp_path, "sweep", "en").csv())


def test_points_that_are_lost_are_missed(tmp_path):
    for language in ("es", "en"):
        figures.save(drawn(), tmp_path, "sweep", language)
    (tmp_path / "sweep.csv").unlink()
    with pytest.raises(StorageError, match=r"sweep\.es\.json .*run `deepclaims judge` again"):
        figures.shown_in(tmp_path, "sweep", "es")


def test_where_languages_show_other_numbers_both_are_written(tmp_path):
    for language, points in (("es", 8), ("en", 9)):
        figures.save(drawn(points), tmp_path, "sweep", language)
    shown = [figures.shown_in(tmp_path, "sweep", each).panels[0] for each in ("es", "en")]
    assert [len(each.series[0].x) for each in shown] == [8, 9]
