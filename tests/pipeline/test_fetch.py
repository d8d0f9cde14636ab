"""The official files are stood in for by small ones, with a manifest of their own."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from deepclaims.data import embedded, ledger, manifest
from deepclaims.data.source import SourceRecord, read_source
from deepclaims.errors import ConfigError, DataError, StorageError
from deepclaims.pipeline import fetch as fetch_module
from deepclaims.pipeline.fetch import fetch, run, served_by
from deepclaims.pipeline.prepare import prepare
from deepclaims.project import Project

FILES = {f"{name}.gz": f"content of {name}".encode() * 99 for name in ("a", "b", "c", "d")}
NOWHERE = "http://127.0.0.1:9/mnist/"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty folder: neither configs nor an MLflow store are needed here."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(root))
    return Project(root)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror that holds all of `FILES`; the official host refuses connections."""
    folder = tmp_path / "mirror" / "mnist"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    listed = [f"{hashlib.sha256(c).hexdigest()}  {n}" for n, c in FILES.items()]
    (tmp_path / "mnist.txt").write_text("# small files\n" + "\n".join(listed) + "\n")
    monkeypatch.setattr(manifest, "MANIFESTS", tmp_path)
    clear()
    offline(monkeypatch, NOWHERE)
    yield folder
    clear()


def clear() -> None:
    manifest.manifest.cache_clear()
    manifest.official_fingerprint.cache_clear()


def offline(monkeypatch, url: str) -> None:
    monkeypatch.setitem(manifest.PUBLISHED, "mnist", manifest.Published("mnist", "mnist", url))
    monkeypatch.delenv("DEEPCLAIMS_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def mirrored(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(files.parent))
    return files


@pytest.fixture
def served(files: Path):
    """The mirror behind a URL, and what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_) -> None:
            asked.append(f"{self.command} {self.path}")

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Handler, directory=str(files.parent))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def held(project) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in project.raw("mnist").iterdir() if p.suffix == ".gz"}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_mirror_folder_serves_verified_files(project, mirrored):
    record = fetch(project, "mnist")
    assert held(project) == FILES
    assert record == read_source(project.raw("mnist"), "mnist")
    assert record.kind == "official"
    assert str(mirrored.parent) in served_by(project, "mnist")


def test_who_served_the_files_does_not_change_what_they_are(project, files, served, monkeypatch):
    url, _ = served
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(files.parent))
    by_folder = fetch(project, "mnist")
    before = (project.raw("mnist") / "source.json").read_bytes()
    for path in project.raw("mnist").iterdir():
        path.unlink()
    offline(monkeypatch, f"{url}/mnist/")
    by_host = fetch(project, "mnist")
    assert by_host == by_folder
    assert (project.raw("mnist") / "source.json").read_bytes() == before
    assert "official host" in served_by(project, "mnist")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_mirror_url_serves_each_file_once(project, served, monkeypatch, slash):
    url, asked = served
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", url + slash)
    fetch(project, "mnist", "mirror")
    assert held(project) == FILES
    got = sorted(line for line in asked if line.startswith("GET"))
    assert got == [f"GET /mnist/{name}" for name in sorted(FILES)]


@pytest.mark.parametrize("status", [405, 501, 403])
def test_a_mirror_that_does_not_know_head_is_asked_for_the_file(
    project, served, monkeypatch, status
):
    url, _ = served
    head = http.server.SimpleHTTPRequestHandler
    monkeypatch.setattr(head, "do_HEAD", lambda self: self.send_error(status))
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", url)
    fetch(project, "mnist", "mirror")
    assert held(project) == FILES


def test_a_mirror_may_be_a_file_url_with_a_blank(project, files, monkeypatch, tmp_path):
    named = tmp_path / "of my own"
    files.parent.rename(named)
    assert "%20" in named.as_uri()
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", named.as_uri())
    fetch(project, "mnist", "mirror")
    assert held(project) == FILES


def test_nothing_to_do_reads_no_file_and_asks_nobody(project, mirrored, monkeypatch):
    fetch(project, "mnist")
    monkeypatch.delenv("DEEPCLAIMS_MIRROR")
    monkeypatch.setattr(ledger, "sha256_of", None)  # would fail if called
    state = project.raw("mnist").with_name(".mnist.json")
    before = state.stat().st_mtime_ns
    for source in ("auto", "official", "mirror"):
        assert fetch(project, "mnist", source).kind == "official"
    assert state.stat().st_mtime_ns == before


def test_official_files_stay_without_a_word_when_nothing_can_be_reached(project, mirrored, capsys):
    fetch(project, "mnist")
    os.environ.pop("DEEPCLAIMS_MIRROR")
    capsys.readouterr()
    fetch(project, "mnist")
    assert capsys.readouterr().out == "mnist: official, all 4 files verified\n"


def test_a_stopped_fetch_gets_no_file_twice(project, files, served, monkeypatch):
    url, asked = served
    (files / "c.gz").rename(files / "hidden")
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", url)
    with pytest.raises(DataError, match=r"1 official files .*\(c\.gz\)"):
        fetch(project, "mnist", "official")
    assert not project.raw("mnist").exists()
    (files / "hidden").rename(files / "c.gz")
    asked.clear()
    fetch(project, "mnist", "official")
    assert [line for line in asked if line.startswith("GET")] == ["GET /mnist/c.gz"]


def test_what_a_mirror_lacks_the_next_source_is_asked_for(
    project, mirrored, served, monkeypatch, tmp_path, capsys
):
    url, asked = served
    partial_mirror = tmp_path / "partial" / "mnist"
    partial_mirror.mkdir(parents=True)
    (partial_mirror / "a.gz").write_bytes(FILES["a.gz"])
    offline(monkeypatch, f"{url}/mnist/")
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(partial_mirror.parent))
    assert fetch(project, "mnist").kind == "official"
    assert held(project) == FILES
    assert "GET /mnist/a.gz" not in asked
    assert f"mirror {partial_mirror.parent}: lacks b.gz, c.gz, d.gz\n" in capsys.readouterr().out


def test_with_the_mirror_alone_a_lacking_file_is_an_error(project, mirrored):
    (mirrored / "b.gz").unlink()
    with pytest.raises(DataError, match=r"b\.gz.*mirror .*lacks b\.gz"):
        fetch(project, "mnist", "mirror")


def test_a_flipped_byte_is_named_and_never_accepted(project, mirrored, capsys):
    flip(mirrored / "b.gz")
    got = hashlib.sha256((mirrored / "b.gz").read_bytes()).hexdigest()
    expected = hashlib.sha256(FILES["b.gz"]).hexdigest()
    with pytest.raises(DataError, match=r"b\.gz"):
        fetch(project, "mnist", "mirror")
    line = f"b.gz (sha256 {got[:12]}…, expected {expected[:12]}…)"
    assert f"damaged, refused: {line}" in capsys.readouterr().out
    assert not project.raw("mnist").exists()
    assert not (project.raw("mnist").with_name(".mnist.official") / "b.gz").exists()


def test_a_flipped_byte_in_the_mirror_is_mended_by_the_official_host(
    project, files, served, monkeypatch, tmp_path
):
    url, _ = served
    broken = tmp_path / "broken" / "mnist"
    broken.mkdir(parents=True)
    for name, content in FILES.items():
        (broken / name).write_bytes(content)
    flip(broken / "d.gz")
    offline(monkeypatch, f"{url}/mnist/")
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(broken.parent))
    fetch(project, "mnist")
    assert held(project) == FILES


def test_a_held_file_that_changed_is_fetched_again(project, mirrored):
    fetch(project, "mnist")
    flip(project.raw("mnist") / "a.gz")
    (project.raw("mnist") / "c.gz").unlink()
    fetch(project, "mnist")
    assert held(project) == FILES


def test_damaged_official_files_never_give_way_to_the_stand_in_silently(project, mirrored):
    fetch(project, "mnist")
    (mirrored / "a.gz").unlink()
    flip(project.raw("mnist") / "a.gz")
    with pytest.raises(DataError, match=r"a\.gz.*data\.source=embedded"):
        fetch(project, "mnist")
    assert read_source(project.raw("mnist"), "mnist").kind == "official"


def test_without_any_source_the_stand_in_is_taken_and_said_so(project, files, capsys):
    record = fetch(project, "mnist")
    out = capsys.readouterr().out
    assert record.kind == "embedded"
    assert "official host 127.0.0.1: no connection" in out
    assert "*** STAND-IN DATA ***" in out
    assert "no error on them is an MNIST test error" in out
    assert set(held(project)) == {embedded.EMBEDDED_DIGITS}
    assert served_by(project, "mnist") == "embedded"


def test_the_stand_in_is_made_once_and_the_official_files_asked_for_each_time(
    project, files, monkeypatch, capsys
):
    first = fetch(project, "mnist")
    monkeypatch.setattr(fetch_module, "make_embedded", None)  # would fail if called
    assert fetch(project, "mnist") == first
    assert capsys.readouterr().out.count("asking for 4 of 4 files") == 2
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(files.parent))
    assert fetch(project, "mnist").kind == "official"
    assert held(project) == FILES


def test_a_damaged_stand_in_is_made_anew(project, files):
    first = fetch(project, "mnist", "embedded")
    flip(project.raw("mnist") / embedded.EMBEDDED_DIGITS)
    assert fetch(project, "mnist", "embedded") == first


def test_the_stand_in_asked_for_replaces_official_files_and_they_come_back(
    project, mirrored, monkeypatch, capsys
):
    official = fetch(project, "mnist")
    assert fetch(project, "mnist", "embedded").kind == "embedded"
    assert "*** STAND-IN DATA ***" in capsys.readouterr().out
    assert set(held(project)) == {embedded.EMBEDDED_DIGITS}
    monkeypatch.delenv("DEEPCLAIMS_MIRROR")  # they were put aside, nobody need be asked
    assert fetch(project, "mnist") == official
    assert held(project) == FILES


def test_files_half_fetched_are_not_mixed_with_the_stand_in(project, mirrored):
    (mirrored / "c.gz").unlink()
    assert fetch(project, "mnist").kind == "embedded"
    assert not set(held(project)) & set(FILES)


def test_official_only_says_what_to_do(project, files):
    with pytest.raises(DataError) as error:
        fetch(project, "mnist", "official")
    for advice in ("check the network", "DEEPCLAIMS_MIRROR", "data.source=embedded"):
        assert advice in str(error.value)
    assert "\n" not in str(error.value)


def test_a_mirror_must_be_named_and_be_there(project, files, monkeypatch, tmp_path):
    with pytest.raises(ConfigError, match="DEEPCLAIMS_MIRROR"):
        fetch(project, "mnist", "mirror")
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(tmp_path / "gone"))
    with pytest.raises(DataError, match="there is no folder"):
        fetch(project, "mnist", "mirror")


def test_a_folder_that_cannot_be_written_is_one_line(project, mirrored):
    (project.root / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match=r"cannot write .*data") as error:
        fetch(project, "mnist")
    assert "\n" not in str(error.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_line(project, mirrored):
    (project.root / "data" / "raw").mkdir(parents=True)
    (project.root / "data" / "raw").chmod(0o555)
    with pytest.raises(StorageError, match="Permission denied"):
        fetch(project, "mnist")


def test_a_host_that_never_answers_costs_seconds(project, files, monkeypatch):
    import socket
    import time

    from deepclaims.data import transfer

    monkeypatch.setattr(transfer, "PROBE_SECONDS", 0.3)
    with socket.socket() as silent:  # accepts connections and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        offline(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        start = time.monotonic()
        assert fetch(project, "mnist").kind == "embedded"
        assert time.monotonic() - start < 3


def test_the_verb(project, mirrored, capsys):
    run(["dataset=mnist", "data.source=mirror"])
    assert read_source(project.raw("mnist"), "mnist").kind == "official"
    assert "official, all 4 files verified" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("dataset=cifar", "no dataset 'cifar'; known: all, mnist, mitdb, fashion_mnist"),
        ("data.source=web", "known: auto, mirror, official, embedded"),
        ("source=auto", r"'source=auto'; known: dataset=all\|mnist\|mitdb\|fashion_mnist, "),
        ("mnist", "does not know 'mnist'"),
    ],
)
def test_unknown_arguments_are_refused_with_the_known_ones(project, override, says):
    with pytest.raises(ConfigError, match=says):
        run([override])


def test_a_damaged_record_is_as_none(project, mirrored):
    fetch(project, "mnist")
    (project.raw("mnist") / "source.json").write_text("{")
    with pytest.raises(DataError, match=r"source\.json is damaged"):
        prepare(project, "mnist")
    assert fetch(project, "mnist").kind == "official"
    assert json.loads((project.raw("mnist") / "source.json").read_text())["kind"] == "official"


def test_the_record_says_nothing_of_machines():
    assert set(SourceRecord.__dataclass_fields__) == {"dataset", "kind", "fingerprint"}


def test_importing_fetch_is_light():
    heavy = "torch numpy pandas wfdb requests pooch tqdm mlxtend hydra mlflow dvc"
    code = (
        "import sys, deepclaims.pipeline.fetch\n"
        f"print(sorted(set({heavy!r}.split()) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.real_data
def test_the_official_files_are_had_from_a_mirror(project, mirror, monkeypatch):
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(mirror))
    run(["data.source=mirror"])
    assert {p.suffix for p in project.raw("mitdb").iterdir()} == {".dat", ".hea", ".atr", ".json"}
    assert len(list(project.raw("mitdb").iterdir())) == 145
    assert len(list(project.raw("mnist").iterdir())) == 5


def test_a_data_set_that_fails_does_not_keep_the_others(project, monkeypatch):
    asked = []

    def refused(project, dataset, source):
        asked.append(dataset)
        raise DataError(f"{dataset}: a.gz and b.gz are damaged")

    monkeypatch.setattr(fetch_module, "fetch", refused)
    with pytest.raises(DataError, match=r"(?s)mnist: a\.gz .*mitdb: a\.gz"):
        run([])
    assert asked == ["mnist", "mitdb", "fashion_mnist"]
