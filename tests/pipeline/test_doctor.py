import errno

from deepclaims.pipeline import doctor


def test_it_says_what_is_there_and_what_is_lacking(project, capsys, monkeypatch):
    monkeypatch.delenv("DEEPCLAIMS_MIRROR", raising=False)
    doctor.run([])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("  ok  torch") for line in lines)
    assert any("prepare dataset=mnist" in line and line.startswith("   - ") for line in lines)
    assert any("DEEPCLAIMS_MIRROR" in line and "not set" in line for line in lines)


def test_a_folder_that_cannot_be_written_is_not_called_so(project, capsys, monkeypatch):
    def refused(**_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refused)
    doctor.run([])
    (line,) = [each for each in capsys.readouterr().out.splitlines() if " rights " in each]
    assert line.startswith("   - ")
    assert "cannot be written (Read-only file system)" in line
