import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError, StorageError
from deepclaims.evidence import ledger
from deepclaims.evidence.check import Check
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.ledger import Event, Kind
from deepclaims.evidence.verdict import verdict
from deepclaims.pipeline import entries, register
from deepclaims.pipeline import judge as judging
from deepclaims.pipeline import ledger as verb
from deepclaims.pipeline import measure as measuring
from deepclaims.pipeline.history import family
from deepclaims.pipeline.history import look_at as look_of
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request
from deepclaims.sweep.options import LocalOptions

pytestmark = pytest.mark.usefixtures("sketched")
NAME = "convolution/lenet-parameters"


@pytest.fixture
def small(project):
    """A project with one claim, registered."""
    for name in set(claims.catalogue(project.conf)) - {NAME}:
        (project.conf / "claim" / f"{name}.yaml").unlink()
    register.run([])
    return project


def look_at(project, profile="laptop"):
    measure(project, Request((NAME,), project.results, profile, LocalOptions(workers=0)))
    (record,) = judging.judge(project)
    return record


def peek(*more: str) -> None:
    measuring.run([f"claim={NAME}", "executor.workers=0", *more])


def rewrite(project, before: str, after: str) -> None:
    file = project.conf / "claim" / f"{NAME}.yaml"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after, 1))


def kinds(project):
    return [str(event.kind) for event in ledger.read(project.root, NAME).events]


def test_a_registration_and_a_look_are_told_once(small):
    assert kinds(small) == ["registration"]
    record = look_at(small)
    look_at(small)
    register.run([])
    assert kinds(small) == ["registration", "look"]
    look = ledger.read(small.root, NAME).events[-1].content
    assert look["ruling"] == record.verdict
    assert set(look["checks"]) == {each.check for each in record.findings}
    assert record.attempt == 1
    promised = ledger.read(small.root, NAME).events[0]
    assert record.registered == {"when": promised.when, "commit": promised.commit}


def test_what_was_registered_after_its_numbers_were_seen_is_not_said_to_be_registered(small):
    """The same numbers under other words: the same attempt, and no promise."""
    look_at(small)
    rewrite(small, "reading: literal", "reading: operational, means: {es: la red, en: the net}")
    register.run([])
    record = look_at(small)
    assert record.attempt == 1
    assert record.registered is None


def test_other_seeds_and_other_bounds_are_other_attempts(small):
    look_at(small)
    rewrite(small, "seeds: {first: 1000", "seeds: {first: 1001")
    register.run([])
    assert look_at(small).attempt == 2
    rewrite(small, "bound: [60, 60]", "bound: [59, 61]")
    register.run([])
    assert look_at(small).attempt == 3
    assert kinds(small) == ["registration", "look"] * 3


def test_a_text_is_registered_anew_and_is_no_attempt(small):
    look_at(small)
    rewrite(small, "Shape and parameters of every layer", "Every layer")
    register.run([])
    assert look_at(small).attempt == 1
    assert kinds(small) == ["registration", "look", "registration"]


def test_relevant_effects_that_are_moved_after_a_look_are_told(small):
    bound, own = "bound: [60, 60]", "bound: [60, 60]\n      relevant: 60"
    moved = own.replace("relevant: 60", "relevant: {value: 60, after_look: true}")
    rewrite(small, bound, own)
    register.run([])
    rewrite(small, own, bound)
    register.run([])
    assert not look_at(small).relevant_after_look  # moved before anything was seen
    rewrite(small, bound, own)
    (record,) = judging.judge(small)
    assert not record.relevant_after_look  # registered before, too
    rewrite(small, own, moved)
    (record,) = judging.judge(small)
    assert record.relevant_after_look  # not registered at all yet
    register.run([])
    (record,) = judging.judge(small)
    assert record.relevant_after_look
    assert record.attempt == 1
    rewrite(small, moved, own)
    (record,) = judging.judge(small)
    assert not record.relevant_after_look


def test_of_relevant_effects_from_before_they_were_registered_nothing_is_told(small):
    look_at(small)
    promised, look = ledger.read(small.root, NAME).events
    told = {key: value for key, value in promised.content.items() if key != "relevant"}
    ledger.path(small.root, NAME).unlink()
    ledger.append(small.root, NAME, [replace(promised, content=told), look])
    (record,) = judging.judge(small)
    assert not record.relevant_after_look
    register.run([])
    (record,) = judging.judge(small)
    assert kinds(small) == ["registration", "look", "registration"]
    assert not record.relevant_after_look


def test_what_git_knows_from_before_counts_as_attempts(small):
    file = ledger.path(small.root, NAME)
    file.unlink()
    told = {"criterion": "a", "grid": "b", "seeds": "c"}
    old = ledger.Event(Kind.REGISTRATION, "2026-01-01", "abc", told, reconstructed=True)
    other = ledger.Event(Kind.REGISTRATION, "2026-01-02", "abd", {**told, "grid": "d"}, True)
    ledger.append(small.root, NAME, [old, other])
    assert look_at(small).attempt == 3


def test_a_small_profile_is_no_look_and_a_rehearsal_is_a_pilot(small):
    look_at(small, "smoke")
    assert kinds(small) == ["registration"]
    aside = small.aside("rehearsal")
    measure(small, Request((NAME,), aside.results, "smoke", LocalOptions(workers=0)))
    judging.judge(aside, [NAME])
    judging.judge(aside, [NAME])
    assert kinds(small) == ["registration", "pilot"]


def test_judging_refuses_a_ledger_that_was_tampered_with(small):
    look_at(small)
    file = ledger.path(small.root, NAME)
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(StorageError, match="line 1 does not follow"):
        judging.judge(small)


def git(project, *words: str) -> None:
    identity = ["-c", "user.name=reader", "-c", "user.email=reader@example.org"]
    subprocess.run(["git", *identity, *words], cwd=project.root, check=True, capture_output=True)


def test_a_line_cut_off_at_the_end_is_found_in_git(small, capsys):
    look_at(small)
    git(small, "init", "-q")
    git(small, "add", "ledger")
    git(small, "commit", "-qm", "looked")
    verb.run(["--verify"])
    assert "1 ledgers, 2 lines: every chain holds" in capsys.readouterr().out
    file = ledger.path(small.root, NAME)
    whole = file.read_text()
    file.write_text(whole.splitlines(keepends=True)[0])
    with pytest.raises(StorageError, match="lacks lines that it had at commit"):
        verb.run(["--verify"])
    file.unlink()
    with pytest.raises(StorageError, match="lacks lines"):
        verb.run(["--verify"])


def test_a_history_is_shown(small, capsys):
    look_at(small)
    verb.run([f"claim={NAME}"])
    shown = capsys.readouterr().out
    assert "1 attempts" in shown
    assert "attempt 1: supported" in shown
    verb.run([])
    assert "1 looks" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="leave claim= out"):
        verb.run(["--verify", f"claim={NAME}"])


def test_second_looks_are_all_kept(small):
    look_at(small)
    (raw,) = judging.judge_only(small, [NAME])
    entries.write_second_look(small, raw, raw.verdict, 1)
    entries.write_second_look(small, raw, raw.verdict, 1)
    assert kinds(small)[-2:] == ["second_look", "second_look"]


def contradict(project):
    """A second look that refutes what the first supports."""
    (raw,) = judging.judge_only(project, [NAME])
    says = {"es": "gana", "en": "it gains"}
    gain = {"role": "claim", "relation": "above", "bound": 0.0, "says": says}
    against = verdict([Check.of("gain", gain).find(exact(-1.0))], {})
    entries.write_second_look(project, raw, against, 1)


def test_a_second_look_that_contradicts_is_not_undone_by_other_words(small):
    look_at(small)
    contradict(small)
    assert look_at(small).verdict == "inconclusive"
    rewrite(small, "question:\n  es: >-\n", "question:\n  es: >-\n    En otras palabras:\n")
    record = look_at(small)
    assert [each["stale"] for each in record.second_looks] == [False]
    assert (record.verdict, record.attempt) == ("inconclusive", 1)


def test_a_second_look_at_an_earlier_attempt_counts_for_what_is_asked_as_it_was(small):
    """Who moves the bound of one sentence does not rid the others of what was seen."""
    look_at(small)
    contradict(small)
    rewrite(small, "bound: [60, 60]", "bound: [59, 61]")
    record = look_at(small)
    assert [each["stale"] for each in record.second_looks] == [True]
    rulings = {each.id: each.ruling for each in record.sentences}
    assert rulings.pop("L1.s59.4") == "supported"  # of the check that was changed
    assert set(rulings.values()) == {"inconclusive"}
    assert record.attempt == 2


def test_who_moves_a_bound_on_seeds_that_were_seen_is_post_hoc_cache_or_none(small):
    look_at(small)
    rewrite(small, "bound: [60, 60]", "bound: [59, 61]")
    shutil.rmtree(small.runs)
    record = look_at(small)
    assert record.post_hoc == ("criterion",)
    assert (record.registered, record.attempt) == (None, 2)


def test_a_rerun_that_rules_otherwise_leaves_it_undecided_whichever_came_last(small):
    look_at(small)
    (raw,) = judging.judge_only(small, [NAME])
    seen = look_of(raw)
    checks = {name: {**each, "outcome": None, "value": 0.5} for name, each in seen.checks.items()}
    entries.write_measured(small, raw.claim, replace(seen, checks=checks))
    record = look_at(small)
    assert record.verdict == "inconclusive"
    assert "another look at the same attempt" in record.reason["en"]
    assert record.attempt == 1


def test_a_renamed_claim_takes_along_what_was_seen(small):
    look_at(small)
    contradict(small)
    shutil.move(ledger.path(small.root, NAME), ledger.path(small.root, "convolution/older"))
    text = ledger.path(small.root, "convolution/older").read_text()
    events = [json.loads(line) for line in text.splitlines()]
    ledger.path(small.root, "convolution/older").unlink()
    ledger.append(
        small.root,
        "convolution/older",
        [ledger.Event(Kind(e["kind"]), e["when"], e["commit"], e["content"]) for e in events],
    )
    register.run([])
    record = look_at(small)
    assert record.verdict == "inconclusive"
    assert [each["stale"] for each in record.second_looks] == [False]
    assert (record.attempt, record.taken_over) == (1, ("convolution/older",))


def test_a_sentence_that_was_tried_and_given_up_stays_in_the_family(small):
    size = family(small)
    look = {"attempt": "a", "checks": {}, "sentences": {"L1.s1.1": "inconclusive"}}
    event = ledger.Event(Kind.LOOK, "2026-11-29", "abc", look)
    ledger.append(small.root, "convolution/gone", [event])
    assert family(small) == size + 1


def test_a_line_that_a_merge_threw_away_is_missed(small):
    """`git log` leaves out a branch whose merge kept nothing of it, unless it is told not to."""
    git(small, "init", "--initial-branch=main")
    git(small, "add", "ledger", "conf")
    git(small, "commit", "--message=registered")
    git(small, "checkout", "-b", "side")
    look_at(small)
    git(small, "commit", "--all", "--message=looked at")
    git(small, "checkout", "main")
    git(small, "commit", "--allow-empty", "--message=meanwhile")
    git(small, "merge", "--strategy=ours", "--message=merged", "side")
    with pytest.raises(StorageError, match="lacks lines that it had"):
        verb.verify(small)


def test_what_was_measured_seen_and_changed_is_an_attempt(small, capsys):
    """Measure, peek, change, judge once: the registration that was never judged is counted."""
    peek()
    peek()
    assert kinds(small) == ["registration", "measured"]
    (told,) = ledger.read(small.root, NAME).of(Kind.MEASURED)
    assert told.content["seeds"] == [1, 1000, 1000]
    assert told.content["profile"] == "laptop"
    assert told.content["sources"] == {}
    rewrite(small, "bound: [60, 60]", "bound: [59, 61]")
    peek()
    assert kinds(small) == ["registration", "measured"] * 2
    (record,) = judging.judge(small)
    assert record.attempt == 2
    assert record.registered is None  # its numbers were seen before
    capsys.readouterr()
    verb.run([f"claim={NAME}"])
    assert "attempt 2: 1 seeds 1000 to 1000, laptop" in capsys.readouterr().out
    git(small, "init", "-q")
    assert "1 ledgers, 5 lines" in verb.verify(small)


def test_measured_and_judged_it_is_one_attempt_registered_before(small):
    peek()
    (record,) = judging.judge(small)
    assert record.attempt == 1
    assert record.registered is not None
    peek()
    assert kinds(small) == ["registration", "measured", "look"]


def test_what_was_looked_at_is_not_told_as_measured_again(small):
    look_at(small)
    measuring.run(["chapter=all", "executor.workers=0"])
    assert kinds(small) == ["registration", "look"]


def test_what_is_seen_in_the_large_profile_is_told(small):
    peek("profile=full")
    peek("profile=smoke")
    peek("claim.seeds.first=1001")
    assert kinds(small) == ["registration", "measured"]
    (told,) = ledger.read(small.root, NAME).of(Kind.MEASURED)
    assert told.content["profile"] == "full"
    assert all(each["outcome"] is True for each in told.content["checks"].values())
    assert told.content["checks"]
    record = look_at(small)
    assert (record.attempt, record.verdict) == (1, "supported")


def test_a_measurement_whose_judge_fails_is_told(small, monkeypatch, capsys):
    from deepclaims.claims.convolution.lenet_parameters import judge

    def broken(results):
        raise RuntimeError("no judge today")

    monkeypatch.setattr(judge, "judge", broken)
    measuring.run(["chapter=all", "executor.workers=0"])
    assert "its judge fails (no judge today)" in capsys.readouterr().err
    assert kinds(small) == ["registration", "measured"]
    monkeypatch.undo()
    assert judging.judge(small)[0].attempt == 1


def test_what_was_tried_outside_the_commands_is_told_with_what_it_found(small, capsys):
    told = {"found": "error 0.1", "seeds_told": "5 seeds"}
    before = [Event(Kind.PILOT, "2026-12-01", "abc", {name: "by hand", **told})
              for name in ("recipe", "tried")]  # fmt: skip
    ledger.append(small.root, NAME, before)
    capsys.readouterr()
    verb.run([f"claim={NAME}"])
    out = capsys.readouterr().out
    assert "recipe by hand: error 0.1 (5 seeds)" in out
    assert "pilot        by hand: error 0.1 (5 seeds)" in out


def test_a_trial_that_saw_the_test_split_is_remembered(small):
    assert not look_at(small).test_seen
    seen = {"tried": "by hand", "found": "error 0.1", "seeds_told": "5 seeds", "test_seen": True}
    ledger.append(small.root, NAME, [Event(Kind.PILOT, "2026-12-01", "abc", seen)])
    (record,) = judging.judge(small)
    assert record.test_seen
    assert record.attempt == 1
