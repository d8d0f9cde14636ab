"""The worker processes in which claims are judged and drawn, one thread each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from deepclaims.environment import cores, end_with_parent, variables
from deepclaims.sweep.worker import THREAD_VARIABLES

JUDGING = ("pandas", "scipy.stats")
DRAWING = ("matplotlib.figure",)


@contextmanager
def judging_pool(
    tasks: int, preload: Sequence[str] = (*JUDGING, *DRAWING)
) -> Iterator[ProcessPoolExecutor]:
    """A pool of as many processes as there are cores, or tasks if those are fewer.

    Args:
        tasks: how many there will be, at least one.
        preload: modules that the processes share, imported once.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    with (
        variables(dict.fromkeys(THREAD_VARIABLES, "1")),
        ProcessPoolExecutor(min(cores(), tasks), context, end_with_parent) as pool,
    ):
        yield pool
