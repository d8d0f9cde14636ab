"""What DVC's users expect: what was computed in one clone is had in another without a training."""

import os
import shutil
import subprocess
import sys

import pytest

NAME = "convolution/lenet-parameters"
DVC = (sys.executable, "-m", "dvc")
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b")


@pytest.mark.slow
def test_another_clone_pulls_everything_and_has_nothing_to_do(checkout, tmp_path, monkeypatch):
    first, second, remote = (tmp_path / name for name in ("first", "second", "remote"))
    first.mkdir()
    for name in ("CITATION.cff", "conf", "docs", "src", "dvc.yaml", ".dvcignore", ".gitignore"):
        copy = shutil.copytree if (checkout / name).is_dir() else shutil.copy
        copy(checkout / name, first / name)
    (first / ".dvc").mkdir()
    shutil.copy(checkout / ".dvc" / "config", first / ".dvc")
    for file in (first / "conf" / "claim").rglob("*.yaml"):
        if file.stem not in ("_chapter", "lenet-parameters"):
            file.unlink()
    file = first / "conf" / "reproduce.yaml"
    text = file.read_text().replace("profile: laptop", "profile: smoke")
    file.write_text(text.replace("source: auto", "source: embedded"))
    tools = tmp_path / "bin"
    tools.mkdir()
    script = tools / "deepclaims"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m deepclaims.cli "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", "src")
    for name in ("DEEPCLAIMS_ROOT", "DEEPCLAIMS_MIRROR"):
        monkeypatch.delenv(name, raising=False)

    def run(folder, *words):
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(first, "git", "init", "-q")
    run(first, *DVC, "remote", "add", "-q", "-d", "here", str(remote))
    run(first, *DVC, "repro")
    run(first, "git", "add", "-A")
    run(first, *GIT, "commit", "-qm", "all")
    run(first, *DVC, "push", "-q")
    run(tmp_path, "git", "clone", "-q", str(first), str(second))
    run(second, *DVC, "pull", "-q")
    said = run(second, *DVC, "repro")
    for stage in ("prepare@mnist", "register", "measure", "judge", "publish"):
        assert f"Stage '{stage}' didn't change" in said
    assert run(second, "git", "status", "--short") == ""
    assert not (second / ".runs").exists()
