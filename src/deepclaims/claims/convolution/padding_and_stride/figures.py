"""Errors by padding, and what a stride costs by the size of the kernel."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.padding_and_stride.judge import (
    cost,
    errors,
    full_over_usual,
    strides,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing


def padding(results: Results, drawing: Drawing) -> None:
    """Errors of full and of the usual padding, and their ratio."""
    titles = (("error de test", "test error"), ("full sobre habitual", "full over usual"))
    left, right = drawing.panels(1, 2, titles, width=9.4, height=4.2)
    kernels = results.axis("full", "kernel")
    names = {
        "usual": ("el mejor de valid y same", "the better of valid and same"),
        "full": ("full", "full"),
    }
    for index, (part, name) in enumerate(names.items()):
        found = [mean_interval(100 * errors(results, part, kernel=k)) for k in kernels]
        left.measured(np.array(kernels) + 0.08 * (index - 0.5), found, name, index)
    left.axes(y=("error de test (%)", "test error (%)"))
    left.legend(loc="best")
    ratios = [ratio_interval(full_over_usual(results, kernel)) for kernel in kernels]
    right.measured(kernels, ratios, series=1)
    right.level(results.claim.checks["full_errs_more"]["bound"])
    right.axes(y=("cociente de errores", "ratio of errors"))
    for panel in (left, right):
        panel.axes(x=("lado del filtro k (píxeles)", "side k of the filter (pixels)"))
        panel.ticks("x", kernels)


def stride(results: Results, drawing: Drawing) -> None:
    """What each stride costs in error, and in products, by the size of the kernel."""
    titles = (("lo que cuesta", "what it costs"), ("lo que ahorra", "what it saves"))
    left, right = drawing.panels(1, 2, titles, width=9.4, height=4.2)
    kernels = np.array(results.axis("stride", "kernel"))
    for index, step in enumerate(strides(results)):
        found = [ratio_interval(cost(results, int(kernel), step)) for kernel in kernels]
        left.measured(kernels * 1.03 ** (2 * index - 1), found, f"stride {step}", index)
    for index, step in enumerate(results.axis("stride", "stride")):
        products = [
            results.tuned("stride", where={"kernel": int(k), "stride": step}).reported("products")[
                0
            ]
            for k in kernels
        ]
        right.points(kernels, products, f"stride {step}", (2, 0, 1)[index], linestyle="-")
    left.level(1.0)
    left.axes(y=("error, sobre el de stride 1", "error, over that of stride 1"))
    right.axes(y=("productos por imagen", "products per image"), log="y")
    for panel in (left, right):
        panel.axes(x=("lado del filtro k (píxeles)", "side k of the filter (pixels)"), log="x")
        panel.ticks("x", kernels.tolist())
        panel.legend(loc="best")
