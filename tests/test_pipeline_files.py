"""dvc.yaml must agree with the code that its stages run."""

import ast
import shutil
import subprocess

import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from deepclaims.claims import claim


def test_stages_depend_on_files_that_exist(checkout):
    stages = yaml.safe_load((checkout / "dvc.yaml").read_text())["stages"]
    for stage in stages.values():
        for path in stage.get("deps", []):
            if path.startswith(("src/", "conf/")):
                assert (checkout / path).exists(), path


def test_published_seeds_start_at_a_thousand(checkout):
    for name in claim.catalogue(checkout / "conf"):
        for profile in ("laptop", "full"):
            for part in claim.load(checkout / "conf", name, profile).parts:
                assert min(part.seeds) >= 1000, (name, part.name)


def test_a_stage_depends_on_all_code_it_imports(checkout):
    """`measure` depends on what `register` writes instead: see tests/pipeline/test_register.py."""
    stages = yaml.safe_load((checkout / "dvc.yaml").read_text())["stages"]
    for name in ("prepare", "register", "judge", "publish"):
        stage = stages[name].get("do", stages[name])
        watched = [dep for dep in stage["deps"] if dep.startswith("src/")]
        for file in _imported(checkout / "src", f"deepclaims.pipeline.{name}"):
            path = file.relative_to(checkout).as_posix()
            assert any(path == dep or path.startswith(f"{dep}/") for dep in watched), (name, path)
    assert "${place.folder}registered" in stages["measure"]["deps"]


def _imported(source, module):
    """The files of all modules that a module imports, and theirs, within functions too."""
    pending, found = [module], set()
    while pending:
        inner = source.joinpath(*pending.pop().split("."))
        file = next(
            (f for f in (inner.with_suffix(".py"), inner / "__init__.py") if f.is_file()), 0
        )
        if not file or file in found:
            continue
        found.add(file)
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.ImportFrom)
                and (node.module or "").split(".")[0] == "deepclaims"
            ):
                pending += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return found


def test_the_plots_are_figures_that_the_report_has(checkout):
    pipeline = yaml.safe_load((checkout / "dvc.yaml").read_text())
    for plot in pipeline["plots"]:
        _, chapter, claim, file = plot.split("/")
        text = (checkout / "conf" / "claim" / chapter / f"{claim}.yaml").read_text()
        assert file.split(".")[0] in yaml.safe_load(text)["figures"]
        assert (checkout / plot.replace("${place.figures}", "reports/figures")).is_file()


def test_a_checkout_without_git_tells_dvc_so(checkout, tmp_path):
    """A downloaded archive: DVC wants Git, or to be told that there is none; each time."""
    root, tools = tmp_path / "checkout", tmp_path / "venv" / "bin"
    (root / ".dvc" / "tmp").mkdir(parents=True)
    shutil.copy(checkout / "Makefile", root)
    tools.mkdir(parents=True)
    (tools.parent / ".installed").touch()
    for tool in ("dvc", "deepclaims"):
        (tools / tool).write_text(f'#!/bin/sh\necho {tool} "$@" >> {tmp_path}/told\n')
        (tools / tool).chmod(0o755)
    for name in ("pyproject.toml", "constraints.txt"):
        (root / name).touch()
    stamp = tools.parent / ".installed"
    words = ["make", "reproduce", f"VENV={tools.parent}", f"STAMP={stamp}", "-o", str(stamp)]
    subprocess.run(words, cwd=root, check=True, capture_output=True)
    told = (tmp_path / "told").read_text().splitlines()
    assert told == ["dvc config --local core.no_scm true", "dvc repro", "deepclaims report"]


def test_the_parameters_are_what_dvc_composes(checkout):
    with initialize_config_dir(str(checkout / "conf"), version_base=None):
        composed = compose("reproduce")
    told = yaml.safe_load((checkout / "params.yaml").read_text())
    assert told == OmegaConf.to_container(composed, resolve=True)
