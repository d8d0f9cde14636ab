"""docs/tutorial.md, command by command, in a clone."""

import os
import re
import subprocess

import pytest

BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def clone(make_clone):
    """The checkout's files as Git has them or would have them, and `deepclaims` on the path."""
    return make_clone("tutorial")


def test_in_spanish_it_has_the_same_commands(checkout):
    english, spanish = (
        (checkout / "docs" / name).read_text() for name in ("tutorial.md", "tutorial.es.md")
    )
    blocks = re.compile(r"^```(\w+.*?)^```", re.MULTILINE | re.DOTALL)
    assert blocks.findall(english) == blocks.findall(spanish)
    assert english.count("\n## ") == spanish.count("\n## ")


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
