import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from deepclaims.training.minibatches import Chunk, ChunkLoader, Plan, Rows
from deepclaims.training.settings import Fit


def run(plan, seed=0):
    """All chunks of a training, pass by pass, counting steps as the module would."""
    done = 0
    loader = ChunkLoader(plan, torch.Generator().manual_seed(seed), lambda: done)
    out = []
    for _ in range(plan.passes):
        one_pass = list(loader)
        done += sum(len(chunk.batches) for chunk in one_pass)
        out.append(one_pass)
    return out


@given(
    samples=st.integers(1, 40),
    batch=st.integers(1, 50),
    steps=st.integers(1, 60),
    chunk=st.integers(1, 7),
    each_epoch=st.booleans(),
)
def test_each_epoch_sees_each_sample_once_and_the_steps_are_exact(
    samples, batch, steps, chunk, each_epoch
):
    fit = Fit(steps=steps, batch_size=batch, chunk=chunk)
    plan = Plan.make(fit, samples, each_epoch=each_epoch)
    passes = run(plan)
    batches = [b for one_pass in passes for c in one_pass for b in c.batches]
    assert len(batches) == steps
    for start in range(0, steps - plan.per_epoch + 1, plan.per_epoch):
        epoch = torch.cat(batches[start : start + plan.per_epoch])
        assert sorted(epoch.tolist()) == list(range(samples))
    assert all(len(c.batches) <= chunk for one_pass in passes for c in one_pass)
    if each_epoch:
        assert len(passes) == -(-steps // plan.per_epoch)


def test_the_order_depends_on_neither_chunk_nor_passes():
    orders = []
    for chunk, each_epoch in ((1, True), (5, False), (50, False)):
        plan = Plan.make(Fit(steps=23, batch_size=4, chunk=chunk), 10, each_epoch=each_epoch)
        orders.append(torch.cat([b for one_pass in run(plan) for c in one_pass for b in c.batches]))
    assert torch.equal(orders[0], orders[1])
    assert torch.equal(orders[0], orders[2])


def test_epochs_differ():
    first, second = run(Plan.make(Fit(epochs=2, batch_size=25), 50, each_epoch=True))
    assert not torch.equal(first[0].batches[0], second[0].batches[0])


def test_a_batch_that_is_everything_is_the_same_tensor_at_every_step():
    (one_pass,) = run(Plan.make(Fit(steps=60, batch_size="full"), 20, each_epoch=False))
    batches = [batch for chunk in one_pass for batch in chunk.batches]
    assert len(batches) == 60
    assert all(batch is batches[0] for batch in batches)
    assert batches[0].tolist() == list(range(20))


@pytest.mark.parametrize(
    ("fit", "steps", "size"),
    [
        (Fit(epochs=3, batch_size=32), 12, 32),
        (Fit(epochs=3, batch_size=500), 3, 100),
        (Fit(epochs=3, batch_size="full"), 3, 100),
        (Fit(epochs=3, steps=7), 7, 100),
    ],
)
def test_plan_counts(fit, steps, size):
    plan = Plan.make(fit, 100, each_epoch=True)
    assert (plan.steps, plan.batch_size) == (steps, size)


def test_ddp_has_chunks_of_one():
    plan = Plan.make(Fit(chunk=8), 1000, each_epoch=True, chunked=False)
    assert plan.chunk == 1


def test_chunk_moves_with_its_sizes():
    chunk = Chunk([torch.arange(4), torch.arange(4, 6)])
    assert chunk.to(torch.device("cpu")) is chunk
    moved = chunk.to(torch.device("meta"))
    assert [len(b) for b in moved.batches] == [4, 2]
    assert moved.batches[0].device.type == "meta"


def test_rows_cover_all():
    rows = Rows(1001, 500)
    assert list(rows) == [(0, 500), (500, 1000), (1000, 1001)]
    assert len(rows) == 3
