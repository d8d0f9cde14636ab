from deepclaims.pipeline.temporary import origin_of, share_runs
from deepclaims.project import Project


def test_a_temporary_copy_of_dvc_has_the_run_cache_of_its_project(tmp_path):
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / ".runs" / "abc").mkdir(parents=True)
    copy = tmp_path / ".dvc" / "tmp" / "exps" / "standalone" / "tmp123"
    copy.mkdir(parents=True)
    for _ in range(2):
        share_runs(Project(copy))
    assert (copy / ".runs" / "abc").is_dir()
    assert origin_of(tmp_path) is None
    share_runs(Project(tmp_path))
    assert not (tmp_path / ".runs").is_symlink()


def test_a_cache_that_is_there_already_is_kept(tmp_path):
    (tmp_path / "dvc.yaml").touch()
    copy = tmp_path / ".dvc" / "tmp" / "exps" / "tmp123"
    (copy / ".runs").mkdir(parents=True)
    share_runs(Project(copy))
    assert not (copy / ".runs").is_symlink()
