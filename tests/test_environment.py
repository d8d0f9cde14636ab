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
