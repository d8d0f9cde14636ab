"""A unit in a process of its own: for trainings that several processes share (DDP).

The ranks of such a training are children of this process. It knows of one unit and nothing of the
sweep, so none of them can start the sweep again; and it is a process group of its own, so that
nothing of it is left when the sweep is interrupted.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from deepclaims.sweep.unit import Report, RunPolicy, Unit

OWN_PROCESS = "DEEPCLAIMS_OWN_PROCESS"


def in_own_process() -> bool:
    """Whether this process is there for one unit only."""
    return OWN_PROCESS in os.environ


def run_in_own_process(unit: Unit, runs: Path, policy: RunPolicy) -> Report:
    """Run a unit in a fresh process.

    Raises:
        RuntimeError: the process died; with the end of what it had written.
    """
    with tempfile.TemporaryDirectory(prefix="deepclaims-own-process-") as name:
        folder = Path(name)
        (folder / "unit").write_bytes(pickle.dumps((unit, runs, policy)))
        path = os.pathsep.join(each for each in sys.path if each)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "deepclaims.sweep.unit_process", name],
                env=os.environ | {OWN_PROCESS: "1", "PYTHONPATH": path},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait()
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
        result = folder / "report"
        if not result.is_file():
            said = (folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{said}\nits own process died (exit code {process.returncode})")
        report = pickle.loads(result.read_bytes())
        assert isinstance(report, Report)
        return report
