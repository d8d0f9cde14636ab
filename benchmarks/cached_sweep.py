"""What a sweep costs that has nothing left to do: 200 finished cells, run again.

    python benchmarks/cached_sweep.py [--cells 200] [--repeats 5]

`deepclaims train -m` over cells that are all finished and logged, against a Hydra application that
does nothing (the start of a process and Hydra's imports), and against plain Hydra's multirun of as
many jobs that do nothing: its basic launcher, and joblib's where hydra-joblib-launcher is
installed. They take turns, so that what else the machine does hits them alike; times are wall
clock, medians over the turns.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WANTED_SECONDS = 2.0
NOTHING = """
import hydra
from omegaconf import DictConfig

@hydra.main(version_base="1.3", config_path=None)
def nothing(config: DictConfig) -> None:
    pass

nothing()
"""


def project(folder: Path) -> None:
    shutil.copytree(ROOT / "conf", folder / "conf")
    shutil.copy(ROOT / "dvc.yaml", folder)


def seconds(command: list[str], folder: Path) -> float:
    environment = os.environ | {"DEEPCLAIMS_ROOT": str(folder)}
    start = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    took = time.perf_counter() - start
    if ended.returncode:
        sys.exit(f"{' '.join(command)}\n{ended.stderr}")
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    cells = options.cells
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder)
        (folder / "nothing.py").write_text(NOTHING)
        ours = [sys.executable, "-m", "deepclaims.cli", "train", "-m", "data=function",
                "model.depth=1", "model.width=4", "fit.steps=2",
                f"optimizer.lr=range(0.001,{0.001 * (cells + 0.5):.4f},0.001)"]  # fmt: skip
        hydra = [sys.executable, "nothing.py"]
        quiet = ["hydra.output_subdir=null", "hydra.sweep.subdir=.", "hydra.run.dir=."]
        multirun = [*hydra, "-m", *quiet, f"+i=range(0,{cells})"]
        print(f"training {cells} cells, once: {seconds(ours, folder):.1f} s")
        contestants = {"deepclaims": ours, "nothing": [*hydra, *quiet], "Hydra basic": multirun}
        if find_spec("hydra_plugins.hydra_joblib_launcher"):
            contestants["Hydra joblib"] = [
                *multirun, "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"
            ]  # fmt: skip
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(options.repeats):
            for name, command in contestants.items():
                times[name].append(seconds(command, folder))
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, median in medians.items():
        print(f"{name:>14}: {median:6.2f} s [{min(times[name]):.2f}, {max(times[name]):.2f}]")
    beyond = medians["deepclaims"] - medians["nothing"]
    kept = beyond < WANTED_SECONDS
    print(f"beyond the start of a process: {beyond:.2f} s, wanted < {WANTED_SECONDS}: "
          + ("yes" if kept else "NO"))  # fmt: skip
    for name in contestants:
        if name.startswith("Hydra"):
            print(f"time {name} / deepclaims: {medians[name] / medians['deepclaims']:.1f}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
