"""Judging within the tests' own process: each of its workers would import torch anew."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import pytest

from deepclaims.pipeline import judge, verify


class Here(Executor):
    """Runs what it is given at once, in this process."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(function(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done

    def map(self, function: Callable[..., Any], *iterables: Iterable[Any], **_: Any) -> Any:
        return map(function, *iterables)


@contextmanager
def _here(tasks: int, preload: Sequence[str] = ()) -> Iterator[Here]:
    yield Here()


@pytest.fixture(autouse=True)
def _judge_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "judging_pool" not in request.keywords:
        for verb in (judge, verify):
            monkeypatch.setattr(verb, "judging_pool", _here)
