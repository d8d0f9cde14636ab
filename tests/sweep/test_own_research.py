"""docs/own-research.md, command by command."""

import os
import re
import subprocess

import pytest

BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_every_command_works(checkout, project_with_data, warm_commands):
    environment = {**os.environ, "PATH": f"{warm_commands}{os.pathsep}{os.environ['PATH']}"}
    for kind, commands in BLOCK.findall((checkout / "docs" / "own-research.md").read_text()):
        if kind == "setup":
            continue
        done = subprocess.run(
            ["bash", "-ec", commands], cwd=project_with_data.root, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == (kind == "fails"), commands + said
        assert "Traceback" not in said
        if kind == "fails":
            assert said.strip().count("\n") == 0, said
