import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from deepclaims.atomic import json_text
from deepclaims.errors import ConfigError, StageError, StorageError
from deepclaims.evidence import ledger
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.record import EvidenceRecord, FigureNote, Finding
from deepclaims.pipeline import kept_pages
from deepclaims.pipeline.publish import publish, publish_one, run
from deepclaims.project import Project
from deepclaims.report import site

CLAIMS = ("approximation/depth", "signals/dead-relu")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"></svg>'


def evidence(name: str, source: str = "official") -> EvidenceRecord:
    chapter, claim_id = name.split("/")
    both = {"es": "texto", "en": "text"}
    claim = {"id": claim_id, "chapter": chapter, "title": both, "statement": both}
    estimate = Estimate(0.2, 0.1, 0.3, 5, "t")
    return EvidenceRecord(
        claim=claim,
        verdict="supported",
        reason=both,
        findings=(Finding("gain", "claim", "above", 0.0, both, estimate, True, 0.001),),
        figures=(FigureNote("sweep", both),),
        data_sources={"mnist": source},
    )


def judge(project: Project, name: str, source: str = "official") -> Path:
    record = evidence(name, source)
    folder = project.evidence / record.chapter
    (folder / record.id).mkdir(parents=True, exist_ok=True)
    file = folder / f"{record.id}.json"
    file.write_text(json_text(record.to_dict()))
    for language in ("es", "en"):
        (folder / record.id / f"sweep.{language}.svg").write_text(SVG)
        (folder / record.id / f"sweep.{language}.narrow.svg").write_text(f"{SVG}<!--{name}-->")
        (folder / record.id / f"sweep.{language}.json").write_text('{"panels": []}')
    (folder / record.id / "sweep.csv").write_text("panel,series,x,y\n")
    (folder / record.id / "drawn.json").write_text('{"sweep": "0"}')
    tables = project.deposit(name)
    tables.mkdir(exist_ok=True)
    (tables / "about.json").write_text("{}")
    (tables / "replicas.parquet").write_bytes(b"PAR1 " + name.encode())
    return file


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with two judged claims."""
    project = Project(tmp_path / "house")
    for name in CLAIMS:
        file = project.conf / "claim" / f"{name}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text("# a claim\n")
        (file.parent / "_chapter.yaml").write_text("order: 1\ntitle: {es: capítulo, en: chapter}\n")
        judge(project, name)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(project.root))
    return project


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_whole_report_is_written(judged):
    publish(judged)
    reports = judged.reports
    for name in CLAIMS:
        for language in ("es", "en"):
            assert (reports / language / f"{name}.html").is_file()
            narrow = reports / "figures" / name / f"sweep.{language}.narrow.svg"
            assert narrow.read_text() == f"{SVG}<!--{name}-->"
            assert (reports / "figures" / name / "sweep.csv").read_text().startswith("panel,")
    assert json.loads((reports / "claims.json").read_text()).keys() == {"depth", "dead-relu"}
    assert json.loads((reports / "metrics.json").read_text())["verdicts.supported"] == 2
    assert 'width="96" height="48"' in (reports / "en" / "signals" / "dead-relu.html").read_text()
    assert (reports / "index.html").is_file()
    assert {path.name for path in judged.root.iterdir()} == {
        "conf", "evidence", "reports", ".published.json",
    }  # fmt: skip


def test_the_tables_are_published_with_the_hash_of_every_file(judged):
    publish(judged)
    for name in CLAIMS:
        table = judged.published_tables(name) / "replicas.parquet"
        assert table.read_bytes() == b"PAR1 " + name.encode()
    (judged.reports / "README.md").write_text("not ours\n")
    publish(judged)
    known = dict(
        reversed(line.split("  "))
        for line in (judged.reports / "SHA256SUMS").read_text().splitlines()
    )
    files = contents(judged.reports)
    assert known.keys() == files.keys() - {"SHA256SUMS", "README.md"}
    assert all(hashlib.sha256(files[path]).hexdigest() == told for path, told in known.items())
    ends = json.loads((judged.reports / "ledgers.json").read_text())
    assert {name: end["lines"] for name, end in ends.items()} == dict.fromkeys(CLAIMS, 0)


def test_missing_tables_are_named(judged):
    shutil.rmtree(judged.deposit("signals/dead-relu"))
    with pytest.raises(StageError, match=r"dead-relu lacks its tables .*deepclaims judge"):
        publish(judged)
    assert not judged.reports.exists()


def test_two_publications_have_the_same_bytes(judged):
    publish(judged)
    first = contents(judged.reports)
    publish(judged)
    assert contents(judged.reports) == first


def test_what_is_no_longer_a_claim_disappears_and_foreign_files_stay(judged):
    publish(judged)
    (judged.reports / ".gitignore").write_text("*.tmp\n")
    (judged.reports / "README.md").write_text("hello\n")
    (judged.conf / "claim" / "signals" / "dead-relu.yaml").unlink()
    publish(judged)
    assert not (judged.reports / "en" / "signals").exists()
    assert (judged.reports / ".gitignore").read_text() == "*.tmp\n"
    assert (judged.reports / "README.md").read_text() == "hello\n"


def test_without_evidence_it_says_which_stage_to_run(judged):
    shutil.rmtree(judged.evidence / "signals")
    with pytest.raises(StageError, match=r"1 of 2 claims .*signals/dead-relu.*deepclaims judge"):
        publish(judged)
    assert not judged.reports.exists()


def test_a_missing_figure_is_named(judged):
    ((judged.evidence / "signals") / "dead-relu" / "sweep.es.narrow.svg").unlink()
    with pytest.raises(StageError, match=r"sweep\.es\.narrow\.svg: run `deepclaims judge` first"):
        publish(judged)


def test_a_project_without_claims_is_refused(judged):
    shutil.rmtree(judged.conf)
    with pytest.raises(StageError, match="no claim"):
        publish(judged)


def test_damaged_evidence_is_named_and_the_old_report_stays(judged):
    publish(judged)
    before = contents(judged.reports)
    ((judged.evidence / "signals") / "dead-relu.json").write_text('{"claim": {"id": ')
    with pytest.raises(StorageError, match=r"dead-relu\.json is damaged"):
        publish(judged)
    assert contents(judged.reports) == before


def test_evidence_of_another_claim_is_refused(judged):
    foreign = (judged.evidence / "approximation") / "depth.json"
    shutil.copy(foreign, (judged.evidence / "signals") / "dead-relu.json")
    with pytest.raises(StorageError, match=r"dead-relu\.json holds the evidence of approximation"):
        publish(judged)


@pytest.mark.parametrize("moment", ["write", "swap"])
def test_a_failure_half_way_leaves_the_old_report_whole(judged, monkeypatch, moment):
    publish(judged)
    before = contents(judged.reports)
    if moment == "write":
        monkeypatch.setattr("tempfile.mkstemp", _fail)
    else:
        rename = Path.rename
        monkeypatch.setattr(
            Path, "rename", lambda self, to: _fail() if self.name == "new" else rename(self, to)
        )
    with pytest.raises(StorageError, match="No space left"):
        publish(judged)
    assert contents(judged.reports) == before
    assert {path.name for path in judged.root.iterdir()} == {
        "conf", "evidence", "reports", ".published.json",
    }  # fmt: skip


def _fail(*_: object, **__: object) -> None:
    raise OSError(28, os.strerror(28))


def test_the_verb_says_where_the_report_is(judged, capsys):
    run([])
    said = capsys.readouterr().out
    assert str(judged.reports / site.INDEX["en"]) in said
    assert "2 claims: 2 supported" in said
    assert "STAND-IN" not in said


def test_the_verb_is_loud_about_stand_in_data(judged, capsys):
    judge(judged, CLAIMS[0], "embedded")
    run([])
    assert "STAND-IN DATA in place of mnist" in capsys.readouterr().out
    assert 'role="alert"' in (judged.reports / "index.html").read_text()


def test_the_verb_refuses_what_it_does_not_know(judged):
    with pytest.raises(ConfigError, match="does not know 'speed=11'"):
        run(["speed=11"])
    assert not judged.reports.exists()


def test_a_pdf_is_made_and_offered_by_the_index_unless_it_is_not_wanted(judged):
    run([])
    assert (judged.reports / "report.es.pdf").read_bytes().startswith(b"%PDF")
    assert 'href="report.es.pdf"' in (judged.reports / "index.es.html").read_text()
    run(["pdf=false"])
    assert not (judged.reports / "report.pdf").exists()
    assert "report.pdf" not in (judged.reports / "index.html").read_text()


def test_one_claim_is_put_into_the_report(judged, capsys):
    publish(judged)
    before = contents(judged.reports)
    file = judged.record(CLAIMS[1])
    file.write_text(file.read_text().replace('"text"', '"another text"'))
    run([f"claim={CLAIMS[1]}"])
    assert capsys.readouterr().out.strip() == f"page: {judged.reports / 'en' / CLAIMS[1]}.html"
    after = contents(judged.reports)
    changed = {path for path in after if after[path] != before.get(path)}
    assert f"en/{CLAIMS[1]}.html" in changed
    assert f"en/{CLAIMS[0]}.html" not in changed
    assert set(after) == set(before)


def test_one_claim_alone_begins_a_report(judged):
    shutil.rmtree(judged.evidence / "signals")
    run([f"claim={CLAIMS[0]}"])
    assert (judged.reports / "en" / f"{CLAIMS[0]}.html").is_file()
    assert (judged.reports / "index.html").is_file()


def test_one_claims_pages_leave_what_the_report_says_of_the_others(judged):
    """As in a fresh clone, where the report has all claims and one alone has been judged."""
    publish(judged)
    before = json.loads((judged.reports / "ledgers.json").read_text())
    other, mine = CLAIMS
    shutil.rmtree(judged.evidence / other.split("/")[0])
    publish_one(judged, mine)
    assert json.loads((judged.reports / "ledgers.json").read_text()) == before


def test_one_claims_pages_leave_the_documents_as_they_are(judged):
    """No verdict changes them; a first report has them all the same."""
    (judged.root / "docs").mkdir()
    document = judged.root / "docs" / "data.md"
    document.write_text("# Data\n\nas it was\n")
    publish_one(judged, CLAIMS[0])
    page = judged.reports / "en" / "docs" / "data.html"
    assert "as it was" in page.read_text()
    document.write_text("# Data\n\nas it is\n")
    publish_one(judged, CLAIMS[0])
    assert "as it was" in page.read_text()
    publish(judged, pdf=False)
    assert "as it is" in page.read_text()


MINE, OTHER = CLAIMS
PAGE = f"en/{MINE}.html"


@pytest.fixture
def published(judged: Project) -> Project:
    publish(judged, pdf=False)
    return judged


@pytest.fixture
def made(published: Project, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The claims whose pages are made from now on, by their place."""
    found: list[int] = []
    make = site._Writer._claim

    def counted(self: site._Writer, position: int) -> str:
        found.append(position)
        return make(self, position)

    monkeypatch.setattr(site._Writer, "_claim", counted)
    return found


def write(project: Project, name: str, **entries: object) -> None:
    project.record(name).write_text(json_text({**evidence(name).to_dict(), **entries}))


def caption(project: Project) -> None:
    write(project, MINE, figures=[{"name": "sweep", "caption": {"es": "otro", "en": "another"}}])


def verdict(project: Project) -> None:
    write(project, MINE, verdict="refuted")


def number(project: Project) -> None:
    findings = evidence(MINE).to_dict()["findings"]
    findings[0]["estimate"]["value"] = 0.25
    write(project, MINE, findings=findings)


def neighbour(project: Project) -> None:
    title = {"es": "otra vecina", "en": "another neighbour"}
    write(project, OTHER, claim=evidence(OTHER).to_dict()["claim"] | {"title": title})


def last_claim(project: Project) -> None:
    (project.conf / "claim" / f"{OTHER}.yaml").unlink()


def stand_in(project: Project) -> None:
    write(project, OTHER, data_sources={"mnist": "embedded"})


def shown(project: Project) -> None:
    series = {"name": "a line", "kind": "line", "x": [1.0, 2.0], "y": [3.0, 4.0]}
    panel = {"title": "a panel", "x": "width", "y": "error", "series": [series]}
    for language in ("es", "en"):
        file = project.drawn(MINE) / f"sweep.{language}.json"
        file.write_text(json_text({"panels": [panel]}))


def size(project: Project) -> None:
    file = project.drawn(MINE) / "sweep.en.svg"
    file.write_text(file.read_text().replace("72pt", "144pt"))


def ledger_line(project: Project) -> None:
    words = {"question": "1", "criterion": "2", "grid": "3"}
    event = ledger.Event(ledger.Kind.REGISTRATION, "2026-01-02", "0123abc", words)
    ledger.append(project.root, MINE, [event])


def source(project: Project) -> None:
    folder = project.root / "src" / "deepclaims" / "claims" / MINE
    folder.mkdir(parents=True)
    (folder / "judge.py").write_text("def judge(results): ...\n")


def document(project: Project) -> None:
    (project.root / "docs").mkdir()
    (project.root / "docs" / "index.md").write_text("# Documents\n")


CHANGES = (
    caption, verdict, number, neighbour, last_claim, stand_in, shown, size, ledger_line, source,
    document,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_a_page_is_never_stale(published, change):
    before = contents(published.reports)
    change(published)
    publish(published, pdf=False)
    kept = contents(published.reports)
    (published.root / kept_pages.TOLD).unlink()
    publish(published, pdf=False)
    assert contents(published.reports) == kept
    assert kept[PAGE] != before[PAGE]


def test_what_is_the_same_is_not_made_again(published, made):
    before = contents(published.reports)
    publish(published, pdf=False)
    assert made == []
    assert contents(published.reports) == before
    shutil.rmtree(published.reports)
    publish(published, pdf=False)
    assert contents(published.reports) == before


def test_files_that_are_the_same_stay_the_same_on_disk(published):
    page, table = published.reports / PAGE, published.published_tables(MINE) / "replicas.parquet"
    before = page.stat(), table.stat()
    verdict(published)
    publish(published, pdf=False)
    assert (table.stat().st_ino, table.stat().st_mtime_ns) == (
        before[1].st_ino, before[1].st_mtime_ns
    )  # fmt: skip
    assert page.stat().st_ino != before[0].st_ino
    assert page.stat().st_nlink == table.stat().st_nlink == 1


def test_a_page_that_was_changed_by_hand_is_made_again(published, made):
    page = published.reports / PAGE
    before = page.read_text()
    page.write_text(before + "<!-- by hand -->")
    publish(published, pdf=False)
    assert made == [0]
    assert page.read_text() == before


def test_a_damaged_file_of_what_decided_them_is_done_without(published, made):
    for damage in ("{", "[]", f'{{"{PAGE}": 1}}'):
        made.clear()
        (published.root / kept_pages.TOLD).write_text(damage)
        publish(published, pdf=False)
        assert sorted(made) == [0, 0, 1, 1]


def test_pages_of_other_code_are_made_again(published, made, monkeypatch):
    monkeypatch.setattr(kept_pages, "code_of", lambda root: "other")
    publish(published, pdf=False)
    assert sorted(made) == [0, 0, 1, 1]
