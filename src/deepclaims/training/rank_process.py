"""One of the processes that share a training: does the job in a folder, leaves the result there."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from deepclaims.errors import DeepclaimsError
from deepclaims.training.ranks import Job, local_rank
from deepclaims.training.task import train, train_on


def main(folder: Path) -> int:
    """Do the job in `folder`; an error of ours is left there too, and is exit status 1."""
    job: Job = pickle.loads((folder / "job").read_bytes())
    result = folder / f"result-{local_rank()}"
    try:
        if job.splits is None:
            outcome = train(job.config, job.seed)
        else:
            outcome = train_on(job.splits, job.config, job.seed)
    except DeepclaimsError as error:
        result.write_bytes(pickle.dumps(error))
        return 1
    result.write_bytes(pickle.dumps(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
