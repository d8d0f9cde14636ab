from dataclasses import replace

import pytest

from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.inventory import inventory, remove, remove_unused_code, stale
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Unit
from deepclaims.sweep.why import explain, nearest


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def cell(toy):
    config = {"x": 1, "model": {"width": 4, "activation": "relu"}}
    return Cell(config, f"{toy}:double", {"mnist": "a" * 64}, axes={"x": 1})


@pytest.fixture
def cached(store, cell):
    """A cell in the cache with seeds 0 and 1, and a more distant one."""
    far = replace(cell, config={"x": 9, "model": {"width": 99, "activation": "tanh"}})
    units = [Unit(cell, 0, {}), Unit(cell, 1, {}), Unit(far, 0, {})]
    run_sweep(units, store.folder, LocalOptions(workers=0))
    return cell


def why(cell, store, seeds=(0,)):
    return explain(cell, seeds, list(inventory(store)), store)


def test_what_is_cached(cached, store):
    assert why(cached, store) == "cached"
    assert why(cached, store, (0, 2, 3)) == "no replica yet of seeds 2, 3; cached are seeds 0, 1"


def test_what_failed(cached, store):
    store.fail(cached, 5, "Traceback\nValueError: no")
    assert why(cached, store, (0, 5)).startswith("seed 5 failed: ValueError: no (--retry-failed")


def test_another_config(cached, store):
    said = why(replace(cached, config={"x": 2, "model": cached.config["model"]}), store)
    assert f"{cached.key} (double · x=1)" in said or f"{cached.key} (x=1)" in said
    assert said.splitlines()[1:] == ["  config x: 1 -> 2"]


def test_a_key_more_and_a_key_less(cached, store):
    model = {"width": 4, "p_keep": None}
    said = why(replace(cached, config={"x": 1, "model": model}), store)
    assert said.splitlines()[1:] == [
        "  config model.activation: relu -> absent",
        "  config model.p_keep: absent -> null",
    ]


def test_other_data_and_libraries(cached, store, monkeypatch):
    from deepclaims.sweep import cell as cells

    monkeypatch.setattr(cells, "_versions", lambda: (("torch", "9.9"), ("numpy", "1.0")))
    said = why(replace(cached, data={"mnist": "b" * 64}), store)
    assert "  data mnist: fingerprint aaaaaaaa -> bbbbbbbb" in said
    assert "  library torch: " in said
    assert " -> 9.9" in said


def test_other_code_is_named_symbol_by_symbol(cached, store, monkeypatch, toy):
    from deepclaims.sweep import why as module

    old = store.code(cached.key_parts["code"])
    new = dict(old, **{f"{toy}:double": "changed", f"{toy}:extra": "new"})
    gone = new.popitem()  # extra
    del new["deepclaims.evidence.outcome:Curve"]
    new[gone[0]] = gone[1]
    monkeypatch.setattr(module, "symbol_hashes", lambda *_: new)
    changed = replace(cached)
    changed.key_parts["code"] = "another"
    said = why(changed, store)
    assert said.splitlines()[1:] == [
        f"  code: changed {toy}:double; new {toy}:extra; gone deepclaims.evidence.outcome:Curve"
    ]


def test_code_that_was_not_recorded(cached, store):
    for file in (store.folder / ".code").iterdir():
        file.unlink()
    changed = replace(cached)
    changed.key_parts["code"] = "another"
    assert "code: other than now" in why(changed, store)


def test_the_same_cell_of_before_is_nearer_than_another_config(cached, store, toy):
    changed = replace(cached)
    changed.key_parts["code"] = "another"
    assert nearest(changed, list(inventory(store))).key == cached.key
    assert nearest(replace(cached, task=f"{toy}:fail"), list(inventory(store))) is None


def test_an_entry_tells_what_is_in_a_folder(cached, store):
    store.fail(cached, 5, "no")
    entry = next(each for each in inventory(store) if each.key == cached.key)
    assert (entry.seeds, entry.failed, entry.claim) == ((0, 1), (5,), "")
    assert entry.size > 100
    assert entry.seconds > 0


def test_what_nobody_needs(cached, store, toy):
    claimed = replace(cached, claim="chapter/id", config={"x": 7})
    run_sweep([Unit(claimed, 0, {})], store.folder, LocalOptions(workers=0))
    entries = list(inventory(store))
    assert stale(entries, {claimed.key}) == {}
    assert stale(entries, set()) == {claimed.key: "no claim needs it"}
    old = [replace(each, parts={**each.parts, "code": "old"}) for each in entries]
    assert set(stale(old, {claimed.key}).values()) == {"older code"}
    assert len(stale(old, {claimed.key})) == 2
    gone = [replace(each, parts={**each.parts, "task": f"{toy}:gone"}) for each in entries]
    assert set(stale(gone, set()).values()) == {"its task is gone"}


def test_removing_a_cell_and_the_code_it_was_of(cached, store):
    from filelock import FileLock

    with FileLock(store.folder / cached.key / ".0.lock"):
        pass
    assert remove(store, cached.key)
    (rest,) = store.keys()
    assert rest != cached.key
    remove_unused_code(store)
    assert store.code(cached.key_parts["code"])  # the distant cell still has it
    remove(store, rest)
    remove_unused_code(store)
    assert store.code(cached.key_parts["code"]) is None


def test_a_cell_that_a_sweep_is_at_is_not_removed(cached, store):
    import threading

    from filelock import FileLock

    held, done = threading.Event(), threading.Event()

    def another():
        with FileLock(store.folder / cached.key / ".7.lock"):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=another)
    thread.start()
    held.wait()
    assert not remove(store, cached.key)
    done.set()
    thread.join()
    assert store.has(cached.key, 0)
