"""Benchmarks run within the tests' own process: what they import is there already."""

import importlib.util
import sys

import pytest
import torch


@pytest.fixture
def benchmark_main(checkout, monkeypatch, capsys):
    """`benchmark_main(script, *options, **replaced)`: run its `main`, and give what it printed.

    `replaced` are functions of the script to be run in place of its own.
    """
    threads = torch.get_num_threads()

    def run(script, *options, **replaced):
        file = checkout / "benchmarks" / script
        spec = importlib.util.spec_from_file_location(f"benchmark_{file.stem}", file)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        for name, make in replaced.items():
            monkeypatch.setattr(module, name, make(getattr(module, name)))
        monkeypatch.setattr(sys, "argv", [str(file), *options])
        # One turn of a busy machine: whether the bounds hold says nothing here.
        assert module.main() in (0, 1)
        return capsys.readouterr().out

    yield run
    torch.set_num_threads(threads)
