import json
import shutil

import pandas as pd
import pytest

from deepclaims import cli
from deepclaims.claims import claim as claims
from deepclaims.errors import StageError, VerificationError
from deepclaims.evidence import ledger
from deepclaims.pipeline import seal
from deepclaims.pipeline import verify as verb
from deepclaims.pipeline.publish import publish_one
from deepclaims.pipeline.verify import differences, run, verify

pytestmark = pytest.mark.slow

NAME = "convolution/lenet-parameters"


@pytest.fixture
def here(monkeypatch, in_this_process):
    monkeypatch.setattr(verb, "judging_pool", in_this_process)


def reseal(project) -> None:
    """Sums of the report as it is now, as somebody would write who hides a change."""
    (project.reports / seal.SUMS).write_text(seal.sums(project.reports))


def change_claims(project, change) -> None:
    file = project.reports / "claims.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content, indent=1))


def test_an_untouched_report_passes_in_a_clone_and_leaves_nothing_behind(clone, capsys):
    run([])
    found = json.loads((clone.reports / "claims.json").read_text())
    checks = sum(len(each["checks"]) for each in found.values())
    assert capsys.readouterr().out == f"2 claims verified: verdicts, {checks} checks, ledgers\n"
    assert {path.name for path in clone.root.iterdir()} == {"conf", "dvc.yaml", "ledger", "reports"}


@pytest.mark.usefixtures("here")
def test_one_claim_alone(clone, capsys):
    checks = len(claims.load(clone.conf, NAME).checks)
    change_claims(clone, lambda told: told["convolution-arithmetic"].update(p_value=0.5))
    reseal(clone)
    run([f"claim={NAME}"])
    assert capsys.readouterr().out == f"1 claim verified: verdicts, {checks} checks, ledgers\n"


@pytest.mark.usefixtures("here")
def test_an_altered_value_of_a_table_is_named(clone):
    file = clone.published_tables(NAME) / "layers.parquet"
    table = pd.read_parquet(file)
    table.loc[0, "parameters"] += 1
    table.to_parquet(file, index=False)
    found = verify(clone).differences
    assert f"tables/{NAME}/layers.parquet was changed after it was published" in found
    reseal(clone)  # and whoever alters the sums too is betrayed by what the tables give
    line = verify(clone).differences[0]
    assert line.startswith(f"{NAME}: ")
    assert "published" in line
    assert "found" in line


@pytest.mark.usefixtures("here")
def test_an_altered_seed_is_missed_by_the_ledger(clone):
    file = clone.published_tables(NAME) / "replicas.parquet"
    table = pd.read_parquet(file)
    table["seed"] += 5
    table.to_parquet(file, index=False)
    change_claims(
        clone, lambda told: told["lenet-parameters"].update(seeds=sorted(set(table["seed"])))
    )
    reseal(clone)
    (line,) = verify(clone).differences
    assert line == f"{NAME}: its ledger tells of no look at these seeds with these outcomes"


@pytest.mark.usefixtures("here")
def test_an_altered_digit_of_the_published_numbers_is_named(clone, capsys):
    check = next(iter(claims.load(clone.conf, NAME).checks))
    file = clone.reports / "claims.json"
    untouched = file.read_bytes()

    def change(told):
        told["lenet-parameters"]["checks"][check]["high"] *= 1 + 1e-8

    change_claims(clone, change)
    reseal(clone)
    with pytest.raises(VerificationError, match="1 differences"):
        run([])
    assert capsys.readouterr().err.startswith(f"{NAME}: checks.{check}.high published ")
    file.write_bytes(untouched.replace(b"1", b"2", 1))
    found = verify(clone).differences
    assert "claims.json was changed after it was published" in found


@pytest.mark.usefixtures("here")
def test_another_ruling_is_named(clone):
    change_claims(clone, lambda told: told["lenet-parameters"].update(verdict="refuted"))
    (line,) = (each for each in verify(clone).differences if each.startswith(NAME))
    assert line == f"{NAME}: verdict published 'refuted', found 'supported'"


@pytest.mark.usefixtures("here")
def test_a_changed_bound_is_named(clone):
    file = clone.conf / "claim" / f"{NAME}.yaml"
    text = file.read_text()
    assert "bound: [60, 60]" in text
    file.write_text(text.replace("bound: [60, 60]", "bound: [61, 61]"))
    (line,) = verify(clone).differences[:1]
    assert line.startswith(f"{NAME}: ")
    assert "found 'refuted'" in line


@pytest.mark.parametrize("place", [0, -1])
@pytest.mark.usefixtures("here")
def test_a_removed_line_of_a_ledger_is_named(clone, place, monkeypatch, capsys):
    file = ledger.path(clone.root, NAME)
    lines = file.read_text().splitlines(keepends=True)
    assert len(lines) > 1
    del lines[place]
    file.write_text("".join(lines))
    monkeypatch.setattr("sys.argv", ["deepclaims", "verify"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert f"ledger/{NAME}.jsonl" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_ledger_may_go_on(clone):
    told = ledger.Event(ledger.Kind.PILOT, "2026-01-01", "abc", {"ruling": "supported"})
    ledger.append(clone.root, NAME, [told])
    assert verify(clone).differences == ()


@pytest.mark.usefixtures("here")
def test_a_file_that_was_not_published_and_one_that_is_missing(clone):
    (clone.reports / "en" / f"{NAME}.html").unlink()
    (clone.reports / "extra.html").write_text("")
    assert verify(clone).differences == (
        f"en/{NAME}.html is missing",
        "extra.html was not published",
    )


@pytest.mark.usefixtures("here")
def test_a_table_that_cannot_be_read_is_named(clone):
    (clone.published_tables(NAME) / "layers.parquet").write_bytes(b"PAR1")
    assert any(
        line.startswith(f"{NAME}: its tables cannot be judged")
        for line in verify(clone).differences
    )


@pytest.mark.parametrize(
    "lacking", ["claims.json", "tables/" + NAME, seal.SUMS, seal.LEDGERS, "tables"]
)
@pytest.mark.usefixtures("here")
def test_a_report_without_what_it_takes_says_what_to_do(clone, lacking):
    path = clone.reports / lacking
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(StageError, match=r"run `deepclaims judge` and `deepclaims publish`"):
        verify(clone)


@pytest.mark.usefixtures("here")
def test_a_claim_published_alone_is_verified_too(published, clone):
    for folder in ("results", "evidence"):
        shutil.copytree(published.root / folder, clone.root / folder)
    publish_one(clone, NAME)
    assert verify(clone).differences == ()


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (1.0, 1.0 + 1e-12, []),
        (1.0, 1.0 + 1e-8, ["published 1.0"]),
        (0.0, 1e-300, ["published 0.0"]),
        (1, True, ["published 1"]),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, ["a[1].b published 'x', found 'y'"]),
        ({"a": 1}, {"b": 1}, ["a is published and not found", "b is found and not published"]),
        ([1], [1, 2], ["published [1]"]),
        (None, None, []),
        ("inf", 1.0, ["published 'inf'"]),
    ],
)
def test_what_counts_as_a_difference(one, other, said):
    found = list(differences(one, other))
    assert len(found) == len(said)
    assert all(words in line for words, line in zip(said, found, strict=True))
