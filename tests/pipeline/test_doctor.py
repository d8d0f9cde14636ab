from deepclaims.pipeline import doctor


def test_it_says_what_is_there_and_what_is_lacking(project, capsys, monkeypatch):
    monkeypatch.delenv("DEEPCLAIMS_MIRROR", raising=False)
    doctor.run([])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("  ok  torch") for line in lines)
    assert any("prepare dataset=mnist" in line and line.startswith("   - ") for line in lines)
    assert any("DEEPCLAIMS_MIRROR" in line and "not set" in line for line in lines)
