"""What stacking replicas saves, and whether the automatic choice is the right one.

    python benchmarks/replicas.py [--turns 5] [--parts tiny balls pool choice cuda]

- tiny: 64 replicas of a 16-16-4 net, stacked, one after another, and in a plain PyTorch loop;
- balls: 2000 trajectories of the noise ball's SGD in one array program and one after another;
- pool: 16 MLPs 784-128-10, in one process of one thread, of two, in two of one, and stacked;
- choice: six kinds of net on two workers: alone in the pool, in stacks of several sizes, and as
  `choose_batches` has it;
- cuda: stacks on a GPU, where there is one.

Contestants take turns, so that what else the machine does hits them alike. Data are random numbers
of MNIST's shapes; ratios are of medians over the turns, spreads are in brackets.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from multiprocessing.pool import Pool
from typing import Any

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402  the thread variables come first
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from deepclaims.data.splits import Split, Splits  # noqa: E402
from deepclaims.optim import rules  # noqa: E402
from deepclaims.optim.population_problem import PROBLEMS, squared_errors  # noqa: E402
from deepclaims.optim.walks import by, second_half  # noqa: E402
from deepclaims.training.replicas import train_stacked_on  # noqa: E402
from deepclaims.training.stacking import choose_batches, is_stacked  # noqa: E402
from deepclaims.training.task import train_on  # noqa: E402

Config = dict[str, Any]
Case = tuple[Config, int]
"""A config and how many replicas."""


def config(model: Config, data: Config, batch: int, steps: int, **trainer: Any) -> Config:
    return {
        "data": {"name": "mnist", "n_train": 4096, **data},
        "model": model,
        "init": {"name": "he"},
        "optimizer": {"name": "adam"},
        "schedule": {"name": "constant"},
        "trainer": trainer,
        "fit": {"steps": steps, "batch_size": batch, "evaluate": []},
    }


@cache
def splits_of(shape: tuple[int, ...], classes: int) -> Splits:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(4096, *shape, generator=generator)
    split = Split((inputs,), torch.randint(0, classes, (4096,), generator=generator))
    return Splits(split, None, split, "classification", classes, (shape,), "computed")


def data_for(settings: Config, classes: int = 10) -> Splits:
    data = settings["data"]
    side = 28 // data.get("pool", 1)
    return splits_of((data["pca"],) if "pca" in data else (1, side, side), classes)


def run(settings: Config, seeds: Sequence[int], classes: int = 10, *, stacked: bool) -> None:
    splits = data_for(settings, classes)
    if stacked:
        train_stacked_on([splits] * len(seeds), [settings] * len(seeds), seeds)
        return
    for seed in seeds:
        train_on(splits, settings, seed)


def take_turns(
    contestants: dict[str, Callable[[], None]], turns: int, clock: Callable[[], float]
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for contestant in contestants.values():
        contestant()
    for _ in range(turns):
        for name, contestant in contestants.items():
            start = clock()
            contestant()
            times[name].append(clock() - start)
    return times


def verdict(label: str, slow: list[float], fast: list[float], at_least: float) -> bool:
    ratios = sorted(a / b for a, b in zip(slow, fast, strict=True))
    ratio = statistics.median(ratios)
    print(
        f"  {label}: {ratio:.2f} [{ratios[0]:.2f}, {ratios[-1]:.2f}], wanted >= {at_least}: "
        + ("yes" if ratio >= at_least else "NO")
    )
    return ratio >= at_least


def plain(settings: Config, seeds: Sequence[int]) -> None:
    """The loop one would write by hand, given all that makes ours fast."""
    splits = data_for(settings, 4)
    (x,), y = splits.train.inputs, splits.train.targets
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        model = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 4))
        optimizer = torch.optim.Adam(model.parameters(), fused=True)
        left = settings["fit"]["steps"]
        while left > 0:
            order = torch.randperm(len(y), generator=generator)
            for batch in order.split(settings["fit"]["batch_size"])[:left]:
                optimizer.zero_grad()
                F.cross_entropy(model(x.index_select(0, batch)), y[batch]).backward()
                optimizer.step()
                left -= 1


def tiny(turns: int) -> bool:
    settings = config({"name": "mlp", "depth": 1, "width": 16}, {"pca": 16}, 32, 400)
    # Of the 64 one after another 16 are timed: they do not get faster by being more.
    times = take_turns(
        {
            "one after another": lambda: run(settings, range(16), 4, stacked=False),
            "plain loop": lambda: plain(settings, range(16)),
            "stacked": lambda: run(settings, range(64), 4, stacked=True),
        },
        turns,
        time.process_time,
    )
    print("64 replicas of a 16-16-4 net, batch 32, Adam, 400 steps, one thread (CPU time)")
    for name, seconds in times.items():
        share = 4 if name != "stacked" else 1
        print(f"  {name:>18}: {share * statistics.median(seconds):6.2f} s")
    kept = True
    for name, bound in (("one after another", 12), ("plain loop", 8)):
        slow = [4 * seconds for seconds in times[name]]
        kept &= verdict(f"{name} / stacked", slow, times["stacked"], bound)
    return kept


def balls(turns: int) -> bool:
    problem = PROBLEMS["tight"]()

    def walk(replicas: int, seeds: Sequence[int]) -> None:
        for seed in seeds:
            rng, at = np.random.default_rng(seed), second_half(1000)
            step = by(rules.sgd, 0.005)
            squared_errors(
                problem, step, 1000, rng, replicas=replicas, start=0.9, projected=True, at=at
            )

    # Of the 2000 one after another 10 are timed.
    times = take_turns(
        {
            "one after another": lambda: walk(1, range(10)),
            "one program": lambda: walk(2000, [0]),
        },
        turns,
        time.process_time,
    )
    times["one after another"] = [200 * seconds for seconds in times["one after another"]]
    print("2000 trajectories of SGD on the tight noise-ball problem, 1000 steps (CPU time)")
    for name, seconds in times.items():
        print(f"  {name:>18}: {statistics.median(seconds):6.2f} s")
    return verdict(
        "one after another / one program", times["one after another"], times["one program"], 12
    )


def _job(job: tuple[Config, list[int], bool]) -> None:
    settings, seeds, stacked = job
    run(settings, seeds, stacked=stacked)


def in_pool(pool: Pool, settings: Config, batches: Sequence[Sequence[int]], stacked: bool) -> None:
    jobs = [(settings, list(batch), stacked) for batch in batches]
    pool.map(_job, jobs, chunksize=1)


def workers(count: int, threads: int) -> Pool:
    os.environ["OMP_NUM_THREADS"] = str(threads)
    return multiprocessing.get_context("spawn").Pool(count, torch.set_num_threads, (threads,))


def pool(turns: int) -> bool:
    model = {"name": "mlp", "depth": 1, "width": 128}
    one = config(model, {}, 128, 150, threads=1)
    two = config(model, {}, 128, 150, threads=2)
    alone = [[seed] for seed in range(16)]
    with workers(1, 2) as wide, workers(1, 1) as single, workers(2, 1) as pair:
        times = take_turns(
            {
                "one process, one thread": lambda: in_pool(single, one, alone, False),
                "one process, two threads": lambda: in_pool(wide, two, alone, False),
                "two processes": lambda: in_pool(pair, one, alone, False),
                "two processes, stacks of 2": lambda: in_pool(pair, one, _parts(16, 2), True),
                "two processes, stacks of 8": lambda: in_pool(pair, one, _parts(16, 8), True),
            },
            turns,
            time.perf_counter,
        )
    print("16 MLPs 784-128-10, batch 128, Adam, 150 steps (wall time)")
    for name, seconds in times.items():
        print(f"  {name:>26}: {statistics.median(seconds):6.2f} s")
    best = times["two processes"]
    kept = verdict("two processes against one thread", times["one process, one thread"], best, 1.7)
    return verdict(
        "two processes against two threads", times["one process, two threads"], best, 1.15
    ) and kept  # fmt: skip


def _parts(replicas: int, size: int) -> list[list[int]]:
    return [list(range(replicas))[i : i + size] for i in range(0, replicas, size)]


CASES: dict[str, Case] = {
    "MLP 16-16-10, batch 32": (
        config({"name": "mlp", "depth": 1, "width": 16}, {"pca": 16}, 32, 500),
        64,
    ),
    "MLP 196-64-10, batch 64": (
        config({"name": "mlp", "depth": 1, "width": 64}, {"pool": 2}, 64, 300),
        32,
    ),
    "MLP 784-128-10, batch 128": (
        config({"name": "mlp", "depth": 1, "width": 128}, {}, 128, 150),
        16,
    ),
    "RNN 16 on 14 rows, batch 32": (
        config({"name": "rnn", "width": 16}, {"pool": 2}, 32, 150),
        16,
    ),
    "LSTM 64 on 28 rows, batch 64": (config({"name": "lstm", "width": 64}, {}, 64, 40), 8),
    "LeNet, batch 64": (config({"name": "lenet"}, {}, 64, 20), 8),
}  # fmt: skip


def choice(turns: int) -> bool:
    kept = True
    with workers(2, 1) as pair:
        for name, (settings, replicas) in CASES.items():
            chosen = choose_batches([settings] * replicas, [is_stacked(settings)] * replicas, 2)
            size = max(map(len, chosen))
            sizes = sorted({replicas, replicas // 2, replicas // 4, 2, 1, size})
            times = take_turns(
                {
                    str(k): partial(in_pool, pair, settings, _parts(replicas, k), k > 1)
                    for k in sizes
                },
                turns,
                time.perf_counter,
            )
            medians = {int(k): statistics.median(seconds) for k, seconds in times.items()}
            best = min(medians.values())
            listed = ", ".join(f"{k}: {seconds:.2f} s" for k, seconds in medians.items())
            loss = medians[size] / best
            print(f"{name}, {replicas} replicas on two workers; together: {listed}")
            print(
                f"  chosen {size}: {loss:.2f} of the best, wanted <= 1.10: "
                + ("yes" if loss <= 1.10 else "NO")
            )
            kept &= loss <= 1.10
    return kept


def cuda(turns: int) -> bool:
    if not torch.cuda.is_available():
        print("no CUDA device here: nothing measured on one")
        return True
    print(torch.cuda.get_device_name())
    cases = {
        "MLP 784-128-10, batch 128": ({"name": "mlp", "depth": 1, "width": 128}, 128, 64, 300),
        "LeNet, batch 128": ({"name": "lenet"}, 128, 64, 100),
        "LSTM 64, batch 64": ({"name": "lstm", "width": 64}, 64, 64, 40),
        "MLP 784-2048-2048-10, batch 1024": ({"name": "mlp", "width": 2048}, 1024, 8, 100),
    }
    for name, (model, batch, replicas, steps) in cases.items():
        settings = config(model, {}, batch, steps, accelerator="gpu")
        torch.cuda.reset_peak_memory_stats()
        times = take_turns(
            {
                "one after another": _synchronised(settings, 4, stacked=False),
                "stacked": _synchronised(settings, replicas, stacked=True),
            },
            turns,
            time.perf_counter,
        )
        each = {key: statistics.median(values) for key, values in times.items()}
        each["one after another"] *= replicas / 4
        ratio = each["one after another"] / each["stacked"]
        memory = torch.cuda.max_memory_allocated() / 2**30
        print(
            f"  {name}, {replicas} replicas, {steps} steps: one after another "
            f"{each['one after another']:.2f} s, stacked {each['stacked']:.2f} s, "
            f"{ratio:.1f} times faster; {memory:.2f} GiB at most"
        )
    return True


def _synchronised(settings: Config, replicas: int, *, stacked: bool) -> Callable[[], None]:
    def contestant() -> None:
        run(copy.deepcopy(settings), range(replicas), stacked=stacked)
        torch.cuda.synchronize()

    return contestant


PARTS = {"tiny": tiny, "balls": balls, "pool": pool, "choice": choice, "cuda": cuda}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    kept = [PARTS[part](options.turns) for part in options.parts]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
