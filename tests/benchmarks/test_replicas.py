import runpy
import sys

import pytest


def in_few_steps(config):
    """The script's `config`, with trainings of 10 steps."""
    return lambda model, data, batch, steps, **trainer: config(model, data, batch, 10, **trainer)


def test_stacking_is_timed_against_both_of_its_rivals(benchmark_main):
    options = ("--turns", "1", "--parts", "tiny", "cuda")
    said = benchmark_main("replicas.py", *options, config=in_few_steps)
    assert "one after another / stacked" in said
    assert "plain loop / stacked" in said


def test_every_optimizer_is_timed(benchmark_main):
    assert "AdamW" in benchmark_main("optimizers.py", "--repeats", "1", "--steps", "2")


@pytest.mark.parametrize("script", ["replicas.py", "optimizers.py", "throughput.py"])
def test_a_benchmark_is_a_command(checkout, monkeypatch, capsys, script):
    monkeypatch.setattr(sys, "argv", [script, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(checkout / "benchmarks" / script), run_name="__main__")
    assert ended.value.code == 0
    assert "usage: " in capsys.readouterr().out
