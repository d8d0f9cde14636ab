"""What several tests share: the checkout, the real data if they can be had, made-up projects."""

import gzip
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# Where Python is told to write no bytecode, as in many containers, each of the hundred processes
# that the tests start would compile the whole package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import numpy as np  # noqa: E402  the thread variables come first
import pytest  # noqa: E402
from filelock import FileLock  # noqa: E402

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds `conf/` and `dvc.yaml`."""
    return CHECKOUT


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The official files, as DEEPCLAIMS_MIRROR names them; tests that need them skip without."""
    named = os.environ.get("DEEPCLAIMS_MIRROR", "")
    if not named or not Path(named).is_dir():
        pytest.skip("needs the official files: set DEEPCLAIMS_MIRROR to a folder that has them")
    return Path(named)


@pytest.fixture(scope="session")
def composer(checkout: Path):
    """A composer of the checkout's configs, whose groups are composed once for all tests."""
    from deepclaims.sweep.compose import Composer

    return Composer(checkout / "conf")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`made_once(name, make)`: a folder that `make(folder)` fills, once for all of xdist's workers.

    As in "Making session-scoped fixtures execute only once" of pytest-xdist's documentation.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def empty_store(made_once: Callable[..., Path]) -> Path:
    """An MLflow store without runs: MLflow takes seconds to make one, a copy takes none."""
    from deepclaims.tracking.store import create, database

    return database(made_once("store", create))


@pytest.fixture(scope="session")
def warm_commands(checkout: Path) -> Iterator[Path]:
    """A folder for PATH with `deepclaims`, `dvc` and `python -` that start in milliseconds.

    They are forks of a process that has imported what they need: see `warm.py`.
    """
    warm = checkout / "tests" / "warm.py"
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        address = f"{folder}/socket"
        for program in ("deepclaims", "dvc", "python"):
            script = Path(folder, program)
            script.write_text(
                f'#!/bin/sh\nexec {sys.executable} -SE {warm} run {address} {program} "$@"\n'
            )
            script.chmod(0o755)
        source = {**os.environ, "PYTHONPATH": str(checkout / "src")}
        server = subprocess.Popen([sys.executable, warm, "serve", address], env=source)
        try:
            while not Path(address).exists():
                assert server.poll() is None, "it ended before it listened"
                time.sleep(0.05)
            yield Path(folder)
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(scope="session")
def make_clone(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, empty_store: Path
) -> Callable[[str], Path]:
    """`make_clone(name)`: the checkout's files as Git has them or would, `deepclaims` beside them.

    The command is in `bin/` next to the clone.
    """

    def make(name: str) -> Path:
        root = tmp_path_factory.mktemp(name) / "deepclaims"
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(
            listed, cwd=checkout, check=True, capture_output=True, text=True
        ).stdout
        for file in names.splitlines():
            if (checkout / file).is_file() and not file.startswith("reports/"):
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(checkout / file, root / file)
        (root / ".mlflow").mkdir()
        shutil.copy(empty_store, root / ".mlflow")
        tools = root.parent / "bin"
        tools.mkdir()
        (tools / "deepclaims").write_text(
            f'#!/bin/sh\nexec {sys.executable} -m deepclaims.cli "$@"\n'
        )
        (tools / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        for tool in tools.iterdir():
            tool.chmod(0o755)
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as cloned"]):
            git = ["git", "-c", "user.name=reader", "-c", "user.email=reader@example.org", *command]
            subprocess.run(git, cwd=root, check=True)
        return root

    return make


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_store: Path):
    """A project with the checkout's configs and no data, as `Project.here()` finds it."""
    from deepclaims.project import Project

    root = tmp_path / "project"
    root.mkdir()
    shutil.copytree(CHECKOUT / "conf", root / "conf")
    shutil.copy(CHECKOUT / "dvc.yaml", root)
    (root / ".mlflow").mkdir()
    shutil.copy(empty_store, root / ".mlflow")
    monkeypatch.chdir(root)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(root))
    return Project(root)


@pytest.fixture(scope="session")
def stand_in_data(made_once: Callable[..., Path]) -> Path:
    """`data/` with the stand-ins fetched and prepared, made once for the whole session."""
    from deepclaims.pipeline.fetch import fetch
    from deepclaims.pipeline.prepare import prepare
    from deepclaims.project import Project

    def make(root: Path) -> None:
        for fetched, prepared in (("mnist", "mnist"), ("mitdb", "ecg")):
            fetch(Project(root), fetched, "embedded")
            prepare(Project(root), prepared)

    return made_once("stand-in", make) / "data"


@pytest.fixture
def project_with_data(project, stand_in_data: Path):
    """A project whose data sets are the stand-ins."""
    (project.root / "data").symlink_to(stand_in_data)
    return project


@pytest.fixture(scope="session")
def made_fashion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared folder that passes for Fashion-MNIST: as many images as the stand-in has digits.

    Each class is a bright bar at its own height. It is read from files as published ones are.
    """
    from deepclaims.data import mnist_files
    from deepclaims.data.prepared import write_prepared

    raw, prepared = (tmp_path_factory.mktemp("fashion") / name for name in ("raw", "prepared"))
    raw.mkdir()
    rng = np.random.default_rng(0)
    for part, count in (("train", 4_000), ("t10k", 1_000)):
        labels = rng.permutation(np.arange(count, dtype=np.uint8) % 10)
        images = rng.integers(0, 100, (count, 28, 28))
        images[np.arange(count), 2 * labels + 4] += 150
        write_idx(raw / f"{part}-images-idx3-ubyte.gz", images.astype(np.uint8))
        write_idx(raw / f"{part}-labels-idx1-ubyte.gz", labels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mnist_files, "PUBLISHED", {"train": 4_000, "test": 1_000})
        patch.setattr(mnist_files, "HELD_OUT", {"official": 500})
        arrays, facts = mnist_files.fashion_mnist_arrays(raw, "official")
    meta = {"dataset": "fashion_mnist", "source": "official", "fingerprint": "made up"}
    write_prepared(prepared, arrays, meta | facts)
    return prepared


def write_idx(file: Path, array: np.ndarray) -> None:
    """An array as LeCun's files hold it, compressed."""
    head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    file.write_bytes(gzip.compress(head + array.tobytes(), 1))


@pytest.fixture
def project_with_fashion(project, stand_in_data: Path, made_fashion: Path):
    """A project with the stand-ins, and what passes for Fashion-MNIST."""
    folder = project.root / "data" / "prepared"
    folder.mkdir(parents=True)
    for name in ("mnist", "ecg"):
        (folder / name).symlink_to(stand_in_data / "prepared" / name)
    (folder / "fashion_mnist").symlink_to(made_fashion)
    return project


TOY_TASKS = """
    import os
    import time

    from deepclaims.evidence.outcome import Curve, Outcome


    def double(config, seed):
        import pandas as pd

        table = pd.DataFrame({"item": ["a", "b"], "count": [seed, config["x"]]})
        curve = Curve([0, 10], [1.0, 0.1 * seed])
        return Outcome({"y": 2.0 * config["x"] + seed}, {"loss": curve}, {"counts": table})


    def diverge(config, seed):
        return Outcome({"loss": float("nan")})


    def fail(config, seed):
        if seed == config.get("bad", seed):
            raise ValueError(f"seed {seed} is not to my taste")
        return Outcome({"y": 1.0})


    def die(config, seed):
        if seed == config["bad"]:
            os._exit(9)
        return Outcome({"y": 1.0})


    def slow(config, seed):
        time.sleep(config["seconds"])
        return Outcome({"y": float(seed)})


    def judge(results):
        return helper()


    def helper():
        return {}
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with small tasks: double, diverge, fail, die, slow."""
    name = f"toy_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(TOY_TASKS))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


@pytest.fixture(scope="session")
def small_ecg(made_once: Callable[..., Path]) -> tuple[Path, Path]:
    """Raw and prepared folder, as they lie in `data/`, of five synthetic ECG records.

    101, 114 and 116 are of DS1, 100 and 103 of DS2.
    """
    from deepclaims.data.synthetic_records import write_record

    raw, prepared = Path("data", "raw", "mitdb"), Path("data", "prepared", "ecg")

    def make(root: Path) -> None:
        (root / raw).mkdir(parents=True)
        for number in (101, 114, 116, 100, 103):
            write_record(root / raw, number)
        prepare_some_ecg(root / raw, root / prepared, ((101, 114, 116), (100, 103)), "embedded")

    root = made_once("small-ecg", make)
    return root / raw, root / prepared


@pytest.fixture(scope="session")
def prepare_ecg():
    """Prepares some records only: see `prepare_some_ecg`."""
    return prepare_some_ecg


def prepare_some_ecg(
    raw: Path, prepared: Path, records: tuple[tuple[int, ...], tuple[int, ...]], source: str
) -> None:
    """Prepare these records of DS1 and of DS2, and no others."""
    from deepclaims.data import ecg_files
    from deepclaims.data.prepared import write_prepared

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ecg_files, "DS1", records[0])
        patch.setattr(ecg_files, "DS2", records[1])
        arrays, facts = ecg_files.ecg_arrays(raw, "embedded")
    meta = {"dataset": "ecg", "source": source, "fingerprint": f"{source} {records}"}
    write_prepared(prepared, arrays, meta | facts)
