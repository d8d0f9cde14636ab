"""docs/tutorial.md, command by command, in a clone."""

import os
import re
import shutil
import subprocess
import sys

import pytest

BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def clone(checkout, tmp_path_factory, empty_store):
    """The checkout's files as Git has them or would have them, and `deepclaims` on the path."""
    root = tmp_path_factory.mktemp("tutorial") / "deepclaims"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=checkout, check=True, capture_output=True, text=True).stdout
    for name in names.splitlines():
        if (checkout / name).is_file() and not name.startswith("reports/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(checkout / name, root / name)
    (root / ".mlflow").mkdir()
    shutil.copy(empty_store, root / ".mlflow")
    tools = root.parent / "bin"
    tools.mkdir()
    (tools / "deepclaims").write_text(f'#!/bin/sh\nexec {sys.executable} -m deepclaims.cli "$@"\n')
    (tools / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as cloned"]):
        git = ["git", "-c", "user.name=reader", "-c", "user.email=reader@example.org", *command]
        subprocess.run(git, cwd=root, check=True)
    return root


@pytest.mark.slow
def test_every_command_of_the_tutorial_works(clone, checkout):
    environment = {
        **os.environ,
        "PATH": f"{clone.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(clone / "src"),
        "DEEPCLAIMS_ROOT": str(clone),
    }
    said = {}
    for kind, commands in BLOCK.findall((checkout / "docs" / "tutorial.md").read_text()):
        if kind == "setup":
            continue
        done = subprocess.run(
            ["bash", "-ec", commands], cwd=clone, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode != 0) == (kind == "fails"), commands + done.stdout + done.stderr
        said[commands] = done.stdout + done.stderr
    whole = "\n".join(said.values())
    assert len(re.findall(r"^\?\? ", said[next(iter(said))], re.MULTILINE)) == 3
    assert "refuted" in whole
    assert "has no function medians" in whole
    assert "Traceback" not in whole
    page = re.search(r"(\S+noise-of-a-minibatch\.html)", whole)
    assert page
