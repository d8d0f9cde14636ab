"""The process of one unit: runs the unit in a folder, leaves the report there."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from deepclaims.sweep.worker import run_unit


def main(folder: Path) -> None:
    """Run the unit in `folder`, leave the report there."""
    unit, runs, policy = pickle.loads((folder / "unit").read_bytes())
    (folder / "report").write_bytes(pickle.dumps(run_unit(unit, runs, policy)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
