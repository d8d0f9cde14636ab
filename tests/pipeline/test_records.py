import pytest

from deepclaims.errors import DataError
from deepclaims.pipeline import records


def test_a_number_is_a_record_of_mit_bih_once_fetched(project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"no record 100: .*fetch dataset=mitdb"):
        records.find("100", project)
    with pytest.raises(DataError) as other:  # a path is none of MIT-BIH's
        records.find("mine/100", project)
    assert "fetch" not in str(other.value)
    project.raw("mitdb").mkdir(parents=True)
    (project.raw("mitdb") / "100.hea").touch()
    assert records.find("100", project) == project.raw("mitdb") / "100"
    with pytest.raises(DataError) as unknown:
        records.find("999", project)
    assert "fetch" not in str(unknown.value)
