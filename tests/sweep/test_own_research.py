"""docs/own-research.md, command by command."""

import os
import re
import subprocess
import sys

import pytest

BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_every_command_works(checkout, project_with_data, tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "deepclaims").write_text(f'#!/bin/sh\nexec {sys.executable} -m deepclaims.cli "$@"\n')
    (tools / "deepclaims").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "src"),
    }
    for kind, commands in BLOCK.findall((checkout / "docs" / "own-research.md").read_text()):
        done = subprocess.run(
            ["bash", "-ec", commands], cwd=project_with_data.root, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == (kind == "fails"), commands + said
        assert "Traceback" not in said
        if kind == "fails":
            assert said.strip().count("\n") == 0, said
