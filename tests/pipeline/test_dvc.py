"""What DVC's users expect: what was computed in one clone is had in another without a training."""

import os
import shutil
import subprocess

import pytest

NAME = "convolution/lenet-parameters"
FILES = (
    "CITATION.cff", "conf", "docs", "src", "dvc.yaml", "params.yaml", ".dvcignore", ".gitignore",
)  # fmt: skip
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b")


@pytest.fixture(scope="module")
def commands(warm_commands):
    """`deepclaims` and `dvc` as the stages call them, in the folder where they are called."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{warm_commands}:{os.environ['PATH']}")
        for name in ("DEEPCLAIMS_ROOT", "DEEPCLAIMS_MIRROR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def small(checkout, tmp_path_factory, commands):
    """A checkout of one claim, in Git, on stand-in data; each test leaves it as it was."""
    root = tmp_path_factory.mktemp("dvc") / "first"
    root.mkdir()
    for name in FILES:
        copy = shutil.copytree if (checkout / name).is_dir() else shutil.copy
        copy(checkout / name, root / name)
    (root / ".dvc").mkdir()
    shutil.copy(checkout / ".dvc" / "config", root / ".dvc")
    for file in (root / "conf" / "claim").rglob("*.yaml"):
        if file.stem not in ("_chapter", "lenet-parameters"):
            file.unlink()
    for file in (root / "conf" / "reproduce.yaml", root / "params.yaml"):
        file.write_text(file.read_text().replace("source: auto", "source: embedded"))
    run(root, "git", "init", "-q")
    run(root, "dvc", "remote", "add", "-q", "-d", "here", str(root.parent / "remote"))
    run(root, "dvc", "repro")
    run(root, "git", "add", "-A")
    run(root, *GIT, "commit", "-qm", "all")
    return root


def run(folder, *words):
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_another_clone_pulls_everything_and_has_nothing_to_do(small, tmp_path):
    second = tmp_path / "100% of #ñ?+&"
    run(small, "dvc", "push", "-q")
    run(tmp_path, "git", "clone", "-q", str(small), str(second))
    run(second, "dvc", "pull", "-q")
    said = run(second, "dvc", "repro")
    for stage in ("prepare@mnist", "register", "measure", "judge", "publish"):
        assert f"Stage '{stage}' didn't change" in said
    run(second, "dvc", "repro", "-q", "--force", "--single-item", "register")
    assert run(second, "git", "status", "--short") == ""
    assert not (second / ".runs").exists()


@pytest.mark.slow
def test_judging_alone_in_a_fresh_clone_says_what_comes_first(small, tmp_path):
    run(tmp_path, "git", "clone", "-q", str(small), "second")
    done = subprocess.run(
        ("dvc", "repro", "-s", "judge"), cwd=tmp_path / "second", capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "nothing has been measured here: `dvc repro judge` runs what comes before" in (
        done.stdout + done.stderr
    )


@pytest.mark.slow
def test_a_rehearsal_touches_nothing_published_and_trains_nothing_twice(small):
    run(small, "dvc", "exp", "run", "--temp", "-S", "profile=smoke")
    assert run(small, "git", "status", "--short") == ""
    shown = run(small, "dvc", "exp", "show", "--csv").splitlines()
    assert f"rehearsal/smoke/evidence/metrics/{NAME}.json:verdict" in shown[0]
    assert "supported" in shown[-1]

    runs = {file: file.stat().st_mtime_ns for file in (small / ".runs").rglob("done.json")}
    run(small, "dvc", "exp", "run", "-S", "conf/reproduce.yaml:profile=smoke")
    changed = {line.split()[1] for line in run(small, "git", "status", "--short").splitlines()}
    assert changed == {"conf/reproduce.yaml", "params.yaml", "dvc.lock"}
    assert (small / "rehearsal" / "smoke" / "reports" / "index.html").is_file()
    assert {file: file.stat().st_mtime_ns for file in (small / ".runs").rglob("done.json")} == runs

    run(small, "git", "checkout", "-q", ".")  # back to what is published, as DVC's users do
    run(small, "dvc", "checkout")
    assert f"{NAME}.json" in run(small, "dvc", "metrics", "show")
    for stage in ("register", "measure", "judge", "publish"):
        assert f"Stage '{stage}' didn't change" in run(small, "dvc", "repro")
