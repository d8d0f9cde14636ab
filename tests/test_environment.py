"""What is recorded of the machine beside a run."""

import os
import subprocess
import sys

import pytest

from deepclaims import environment

SHOW = """
from deepclaims.environment import computed_on
before = computed_on()
import torch
print(before, computed_on(), torch.backends.cpu.get_cpu_capability(), sep="\\n")
"""


@pytest.mark.parametrize("capability", ["default", "avx2"])
def test_the_vector_units_that_torch_uses_are_recorded(capability):
    variables = {**os.environ, "ATEN_CPU_CAPABILITY": capability}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW], env=variables, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    before, after, used = shown
    assert before.startswith("CPU (")
    assert "torch" not in before
    assert after == f"{before[:-1]}, torch on {used})"


def test_a_gpu_has_none_to_record(monkeypatch):
    monkeypatch.setattr(environment, "_gpu", lambda count: f"{count} GPUs")
    assert environment.computed_on(2) == "2 GPUs"


def git(root, *words):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


def test_a_commit_is_marked_where_the_tree_differs_or_code_is_in_no_commit(tmp_path):
    file = tmp_path / "src" / "code.py"
    file.parent.mkdir()
    file.write_text("a = 1\n")
    (tmp_path / "conf").mkdir()
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")

    def commit():
        environment.commit.cache_clear()
        return environment.commit(tmp_path)

    clean = commit()
    assert len(clean) == 12
    file.write_text("a = 2\n")
    assert commit() == clean + "+"
    git(tmp_path, "checkout", "-q", ".")
    assert commit() == clean
    (tmp_path / "conf" / "own.yaml").write_text("a: 1\n")
    assert commit() == clean + "+"
