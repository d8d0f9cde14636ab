def test_the_benchmark_runs_and_prints_both_ratios(benchmark_main):
    # 20 steps are mostly set-up: whether the bounds hold says nothing here.
    said = benchmark_main("throughput.py", "--repeats", "1", "--steps", "20")
    assert "throughput deepclaims / plain loop" in said
    assert "throughput deepclaims / default Lightning" in said
