"""docs/own-models.md, command by command, in a clone."""

import os
import re
import subprocess

import pytest

BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_every_command_of_the_how_to_works(make_clone, checkout, warm_commands):
    clone = make_clone("own-models")
    environment = {
        **os.environ,
        "PATH": os.pathsep.join(
            [str(warm_commands), str(clone.parent / "bin"), os.environ["PATH"]]
        ),
        "PYTHONPATH": str(clone / "src"),
        "DEEPCLAIMS_ROOT": str(clone),
    }
    said = []
    for kind, commands in BLOCK.findall((checkout / "docs" / "own-models.md").read_text()):
        done = subprocess.run(
            ["bash", "-ec", commands], cwd=clone, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode != 0) == (kind == "fails"), commands + done.stdout + done.stderr
        said.append(done.stdout + done.stderr)
    whole = "\n".join(said)
    assert "Traceback" not in whole
    assert "has no option depth; known: heads, in_features" in whole
    assert "own code: my_models" in whole
    assert "init_elsewhere: torch" in whole
    assert "model of seed 0 in MLflow" in whole
    assert "metrics.csv" in whole
