"""The executor on Ray: a cluster, or this machine.

Ray gives out the CPUs and GPUs, and sets CUDA_VISIBLE_DEVICES. What a replica finds it writes
itself into the run folder, which all nodes must share; only its report goes through Ray.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deepclaims.environment import cores
from deepclaims.errors import ConfigError, SweepError
from deepclaims.sweep.options import RayOptions
from deepclaims.sweep.unit import Batch, Report, RunPolicy
from deepclaims.sweep.worker import THREAD_VARIABLES, run_batch

CONNECT_SECONDS = 10.0
AUTHENTICATION = "RAY_AUTH_MODE"
"""Ray's variable: `token` sends ~/.ray/auth_token to a cluster, which may ask for it."""
NODE_SECONDS = 15.0
"""So long Ray is given to notice that a node is gone."""


class RayExecutor:
    """Runs batches as Ray tasks, each of which is tried once."""

    slots: int | None = None  # Ray has its own queue, and a cluster may grow with it

    def __init__(self, options: RayOptions, runs: Path) -> None:
        self._options, self._runs = options, runs.resolve()
        self._refs: dict[Future[list[Report]], Any] = {}
        self.workers: int | None = None
        self._nodes: set[str] = set()

    def __enter__(self) -> Self:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        if AUTHENTICATION not in os.environ and _has_token_for(self._address):
            os.environ[AUTHENTICATION] = "token"
        try:
            import ray
        except ImportError:
            raise ConfigError(
                "executor=ray needs Ray: pip install 'deepclaims[ray]', or take executor=local"
            ) from None
        self._ray = ray
        self._ours = not ray.is_initialized()
        if self._ours:
            self._connect()
        total = ray.cluster_resources().get("CPU", 0.0)
        self.workers = max(1, int(total / (self._options.num_cpus or 1)))
        self._nodes = {each["NodeID"] for each in ray.nodes() if each["Alive"]}
        self._run = ray.remote(run_batch)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            for reference in self._refs.values():
                self._ray.cancel(reference, force=True)
        if self._ours:
            self._ray.shutdown()

    def submit(self, batches: Sequence[Batch], policy: RunPolicy) -> list[Future[list[Report]]]:
        """Hand batches to Ray with what they need."""
        policy = RunPolicy(policy.wait, policy.retry, verify=True)
        return [self._submit(batch, policy) for batch in batches]

    def has_to_itself(self, batch: Batch) -> bool:
        """Nothing has: a training that several processes share asks Ray for as many CPUs."""
        return False

    def is_lost(self, error: BaseException) -> bool:
        """What a node took with it that went away: Ray itself keeps what it never began."""
        said = self._ray.exceptions
        if isinstance(error, said.NodeDiedError | said.LocalRayletDiedError | said.ObjectLostError):
            return True
        return isinstance(error, said.WorkerCrashedError) and self._a_node_went()

    def _a_node_went(self) -> bool:
        """Whether a node has gone since the sweep began: a worker that died may have been there.

        Ray takes seconds to notice it, so it is asked for a while, where there are several nodes.
        """
        deadline = time.monotonic() + NODE_SECONDS
        while len(nodes := self._ray.nodes()) > 1:
            if any(not each["Alive"] for each in nodes if each["NodeID"] in self._nodes):
                return True
            if time.monotonic() > deadline:
                break
            time.sleep(0.5)
        return False

    def explain(self, error: BaseException) -> str:
        """How a task died; the first lines of what Ray says."""
        said = " ".join(str(error).split())[:600]
        return f"its Ray task died: {type(error).__name__}: {said}"

    def _submit(self, batch: Batch, policy: RunPolicy) -> Future[list[Report]]:
        processes = max(unit.processes for unit in batch)
        gpus = max(unit.gpus for unit in batch)
        if gpus == 1 and self._options.num_gpus is not None:
            gpus_asked: float = self._options.num_gpus
        else:
            gpus_asked = gpus
        reference = self._run.options(
            num_cpus=self._options.num_cpus * processes,
            num_gpus=gpus_asked,
            max_retries=0,
            name=batch[0].cell.label or batch[0].cell.key,
        ).remote(batch, self._runs, policy)
        future: Future[list[Report]] = reference.future()
        self._refs[future] = reference
        future.add_done_callback(lambda ended: self._refs.pop(ended, None))
        return future

    @property
    def _address(self) -> str:
        return self._options.address or os.environ.get("RAY_ADDRESS") or "local"

    def _connect(self) -> None:
        address = self._address
        local = address == "local"
        _require_reachable(address)
        own: dict[str, Any] = {"num_cpus": self._options.workers or cores()} if local else {}
        if local:
            own["include_dashboard"] = False
        try:
            self._ray.init(
                address=address,
                runtime_env=self._runtime(local),
                log_to_driver=False,
                logging_level=logging.ERROR,
                **own,
            )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise _absent(address, str(error).splitlines()[0]) from None

    def _runtime(self, local: bool) -> dict[str, Any]:
        """What a Ray worker's process is started with."""
        variables = dict.fromkeys(THREAD_VARIABLES, "1")
        variables["DEEPCLAIMS_ROOT"] = str(self._runs.parent)
        if local:  # elsewhere, the same paths may hold nothing, or something else
            variables["PYTHONPATH"] = os.pathsep.join(each for each in sys.path if each)
        runtime: dict[str, Any] = {"env_vars": variables}
        if self._options.working_dir:
            runtime["working_dir"] = str(Path(self._options.working_dir).resolve())
        return runtime


def _has_token_for(address: str) -> bool:
    """Whether a cluster at this address was started here, and so with the token there is here.

    `ray start` asks for the token where there is one, and Ray itself sends it to no given address.
    """
    here = address.partition(":")[0] in ("127.0.0.1", "localhost")
    return here and (Path.home() / ".ray" / "auth_token").is_file()


def _require_reachable(address: str) -> None:
    """Refuse an address where nobody answers; Ray itself would try for minutes.

    Raises:
        SweepError: says what to do.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # `local`, `auto`
    try:
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
    except OSError as error:
        raise _absent(address, error.strerror or str(error)) from None


def _absent(address: str, reason: str) -> SweepError:
    return SweepError(
        f"no Ray at '{address}': {reason} (start it with `ray start --head`, or leave "
        "executor.address out for a Ray of this machine; if it asks for a token, put it in "
        f"~/.ray/auth_token and set {AUTHENTICATION}=token)"
    )
