"""Ray on three nodes of this machine, one of which is killed in the middle: the same table."""

import os
import sys
import threading
import time

import pytest

ray = pytest.importorskip("ray", reason="needs Ray: pip install 'deepclaims[ray]'")

from ray.cluster_utils import Cluster  # noqa: E402

from deepclaims.sweep.cell import Cell  # noqa: E402
from deepclaims.sweep.executor import run_sweep  # noqa: E402
from deepclaims.sweep.options import RayOptions  # noqa: E402
from deepclaims.sweep.store import RunStore  # noqa: E402
from deepclaims.sweep.unit import Unit  # noqa: E402

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


STARTS = 4
"""How often a node is started: Ray gives it 30 s and no more, too little on a busy machine."""


def started(start):
    """What `start` returns when its node is up."""
    for left in reversed(range(STARTS)):
        try:
            return start()
        except Exception as error:
            if "timed out during startup" not in str(error) or not left:
                raise
    raise AssertionError("it returns or raises")


@pytest.fixture
def cluster(monkeypatch, tmp_path):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_health_check_failure_threshold", "2")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    head = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80 << 20}
    found = started(lambda: Cluster(initialize_head=True, head_node_args=head))
    yield found
    ray.shutdown()
    found.shutdown()


def running(runs):
    """The nodes' replicas in hand: a lock that is held is not there to be counted, a file is."""
    return len(list(runs.glob("*/.[0-9].lock")))


def test_a_node_that_is_killed_takes_nothing_with_it(cluster, toy, tmp_path):
    more = {"num_cpus": 1, "object_store_memory": 80 << 20}
    nodes = [started(lambda: cluster.add_node(**more)) for _ in range(2)]
    cluster.wait_for_nodes()
    cell, runs = Cell({"seconds": 6}, f"{toy}:slow", {}), tmp_path / "runs"
    wanted = [Unit(cell, seed, {}) for seed in range(6)]
    tallies = []
    options = RayOptions(address=cluster.address)
    sweep = threading.Thread(target=lambda: tallies.append(run_sweep(wanted, runs, options)))
    sweep.start()
    deadline = time.monotonic() + 120
    while running(runs) < 3 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert running(runs) >= 3
    cluster.remove_node(nodes[0], allow_graceful=False)
    sweep.join(240)
    (tally,) = tallies
    assert (tally.failed, tally.ran + tally.cached) == ([], 6)
    found = {seed: RunStore(runs).metrics(cell.key, seed) for seed in range(6)}
    assert found == {seed: {"y": float(seed)} for seed in range(6)}
    assert RunStore(runs).failures(cell.key) == []
