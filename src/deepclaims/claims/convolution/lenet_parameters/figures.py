"""The three tables side by side."""

from __future__ import annotations

from deepclaims.claims.convolution.lenet_parameters.judge import FIRST_TABLE, layers_of
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import OKABE_ITO


def layers(results: Results, drawing: Drawing) -> None:
    """The tables as they are; what does not agree with the network in colour."""
    built = layers_of(results, "network")
    others = (
        (("primera tabla impresa", "first table printed"), FIRST_TABLE),
        (("filtros 5×5 (control)", "5×5 filters (control)"),
         layers_of(results, "formulas", kernel=5)),
    )  # fmt: skip
    head = [drawing.say(("capa", "layer")), drawing.say(("red construida", "built network")), ""]
    cells = [[name, shape, drawing.count(parameters)] for name, shape, parameters in built]
    for title, table in others:
        head += [drawing.say(title), ""]
        for row, (_, shape, parameters) in zip(cells, table, strict=True):
            row += [shape, drawing.count(parameters)]
    panel = drawing.panel(width=9.2, height=3.6)
    panel.ax.set_axis_off()
    drawn = panel.ax.table(cells, colLabels=head, loc="center", cellLoc="right", edges="horizontal")
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(9)
    drawn.scale(1, 1.4)
    for (line, column), cell in drawn.get_celld().items():
        reference = 1 if column % 2 else 2
        if line and column > 2 and cells[line - 1][column] != cells[line - 1][reference]:
            cell.get_text().set_color(OKABE_ITO["vermilion"])
            cell.get_text().set_fontweight("bold")
