"""How often LSTMs with one function or another in place of tanh learn two tasks of memory."""

from __future__ import annotations

from functools import partial
from typing import Any

from deepclaims.data.memory_problems import recall
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.stacked_recurrent import draw_gated, gated_answer
from deepclaims.training.adding_success import CHANNELS, NUMBERS, adding_success
from deepclaims.training.stacked_classifiers import Net
from deepclaims.training.success_rate import Kind, success_rate

CUES = 4


def learn(config: dict[str, Any], seed: int) -> Outcome:
    """Tune LSTMs with one function for one task, or count how many fresh ones learn it.

    Args:
        config: `function`, a name of `DIFFERENTIATED`, in place of tanh of the candidate and of the
            cell's output alike; `problem` (recall: the symbol seen at the start; adding); `lag` in
            steps; `noise` of recall; `width`; and what `success_rate` and
            `adding_success` take, with `success` for each problem. Without `variants` there is
            one, of `law` and `rate`.
        seed: of everything.
    """
    problem, lag = str(config["problem"]), int(config["lag"])
    only = [{"law": config.get("law"), "rate": config.get("rate")}]
    own = {"variants": only, **config, "length": lag, "success": config["success"][problem]}
    width, net = int(config["width"]), partial(gated_answer, function=str(config["function"]))
    if problem == "adding":
        return adding_success(_kind(net, (CHANNELS, width, NUMBERS), lag), own, seed)
    draws = partial(recall, lag=lag, noise=float(config["noise"]), cues=CUES)
    return success_rate(_kind(net, (CUES + 1, width, CUES), lag), draws, own, seed)


def _kind(net: Net, sizes: tuple[int, int, int], lag: int) -> Kind:
    return Kind(net, lambda law, n, random: draw_gated(law, n, sizes, lag, random))
