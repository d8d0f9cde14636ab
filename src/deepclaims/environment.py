"""The environment of a sweep's processes, and what is recorded of it: never part of a key."""

from __future__ import annotations

import multiprocessing
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables set for as long as processes are started that inherit them."""
    kept = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@cache
def commit(root: Path) -> str:
    """The Git commit of a checkout; "" outside of Git.

    It ends with `+` if the code or the configs differ from it, or are in no commit and not ignored.
    """
    head = _git(root, "rev-parse", "--short=12", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=normal", "--", "src", "conf")
    return f"{head}{'+' if changed else ''}" if head else ""


@cache
def device(gpus: int = 0) -> str:
    """What computes here: the processor's name as the system gives it, or that of the GPUs."""
    if gpus:
        return _gpu(gpus)
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return f"CPU ({line.partition(':')[2].strip()})"
    except OSError:
        pass
    return f"CPU ({platform.processor() or platform.machine()})"


def computed_on(gpus: int = 0) -> str:
    """What computes here, and the vector units that torch uses of a processor.

    Processors of one name may have other vector units, and sums are rounded as these make them.
    Where nothing has imported torch, it had no part in what was computed.
    """
    units = "" if gpus else vector_units()
    return f"{device(gpus)[:-1]}, torch on {units})" if units else device(gpus)


def vector_units() -> str:
    """The vector units that torch uses: DEFAULT, AVX2, AVX512, …; "" where it is not imported."""
    torch = sys.modules.get("torch")
    return str(torch.backends.cpu.get_cpu_capability()) if torch else ""


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end_with_parent() -> None:
    """End this worker process once the process that started it has ended, however it did.

    Nobody would give it work any more, and a pool's workers wait for some for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=[parent], daemon=True).start()


def _end_after(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _gpu(count: int) -> str:
    import torch

    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    return f"GPU ({name})" if count == 1 else f"{count} GPUs ({name})"


def _git(root: Path, *words: str) -> str:
    try:
        ended = subprocess.run(
            ["git", "-C", str(root), *words],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""
