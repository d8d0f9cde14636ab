"""The worker processes in which claims are judged and drawn, one thread each.

What starts processes is imported only where there is something to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager

from deepclaims.environment import cores, end_with_parent, variables

JUDGING = ("pandas", "scipy.stats")
DRAWING = ("matplotlib.figure",)


@contextmanager
def judging_pool(tasks: int, preload: Sequence[str] = (*JUDGING, *DRAWING)) -> Iterator[Executor]:
    """A pool of as many processes as there are cores, or tasks if those are fewer.

    Args:
        tasks: how many there will be; without any no process is started.
        preload: modules that the processes share, imported once.
    """
    if not tasks:
        yield Executor()
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from deepclaims.sweep.worker import THREAD_VARIABLES

    context = get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    with (
        variables(dict.fromkeys(THREAD_VARIABLES, "1")),
        ProcessPoolExecutor(min(cores(), tasks), context, end_with_parent) as pool,
    ):
        yield pool
