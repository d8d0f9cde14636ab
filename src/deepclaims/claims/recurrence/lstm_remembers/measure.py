"""How often nets learn to bring a symbol across a lag; and what an untrained cell keeps."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Generator

from deepclaims.data.memory_problems import recall
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.gradient_gain import cell_gains
from deepclaims.nn.stacked_recurrent import draw_gated, draw_plain, gated_answer, plain_answer
from deepclaims.training.adding_success import CHANNELS, NUMBERS, adding_success
from deepclaims.training.success_rate import Kind, success_rate

CUES = 4
LOOK = 4  # steps between two looks at a cell


def remember(config: dict[str, Any], seed: int) -> Outcome:
    """Tune one kind of net at one lag, or count how many fresh nets succeed; see `success_rate`.

    Args:
        config: `cell` (rnn or lstm), `lag` in steps, `noise` (its deviation), `width`, and what
            `success_rate` takes.
        seed: of everything.
    """
    lag = int(config["lag"])
    problem = partial(recall, lag=lag, noise=float(config["noise"]), cues=CUES)
    return success_rate(_kind(config, CUES + 1, CUES, lag), problem, config, seed)


def add(config: dict[str, Any], seed: int) -> Outcome:
    """Tune one kind of net for the adding problem, or count how many fresh nets learn it.

    Args:
        config: `cell` (rnn or lstm), `width`, and what `adding_success` takes.
        seed: of everything.
    """
    kind = _kind(config, CHANNELS, NUMBERS, int(config["length"]))
    return adding_success(kind, config, seed)


def _kind(config: dict[str, Any], reads: int, answers: int, lag: int) -> Kind:
    sizes = (reads, int(config["width"]), answers)
    if config["cell"] == "rnn":
        return Kind(plain_answer, lambda law, n, random: draw_plain(law, n, sizes, random))
    return Kind(gated_answer, lambda law, n, random: draw_gated(law, n, sizes, lag, random))


def hold(config: dict[str, Any], seed: int) -> Outcome:
    """What is left in the cell of an untrained LSTM after t steps of the task's noise.

    Args:
        config: `gates` (zero or open), `width`, `noise`, `steps`.
        seed: draws weights and noise.

    Returns:
        Metric `left` (log₁₀ of ‖∂c_T/∂c_0‖_F/√width after all steps); curve `left` over t.
    """
    generator, steps = Generator().manual_seed(seed), int(config["steps"])
    law = {"zero": "orthogonal", "open": "open"}[config["gates"]]
    weights = draw_gated(law, 1, (CUES + 1, int(config["width"]), CUES), steps, generator)
    looks = [1, *range(LOOK, steps + 1, LOOK)]
    left = cell_gains(weights, float(config["noise"]), looks, generator)
    return Outcome({"left": left[-1]}, {"left": Curve(looks, left)})
