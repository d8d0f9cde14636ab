import sys
import textwrap

import pytest

from deepclaims.errors import ConfigError
from deepclaims.sweep import fingerprint
from deepclaims.sweep.fingerprint import code_fingerprint, reachable


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package that stands for deepclaims; returns how to write a module."""
    monkeypatch.setattr(fingerprint, "PACKAGE", "small")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "small", raising=False)
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "__init__.py").write_text("")

    def write(name: str, code: str) -> None:
        (tmp_path / "small" / f"{name}.py").write_text(textwrap.dedent(code))
        for known in (fingerprint.parse, fingerprint._resolve, fingerprint._file):
            known.cache_clear()

    write("rules", "STEP = 0.1\n\ndef sgd(w, g):\n    return w - STEP * g\n\ndef other(): ...\n")
    write("claim", CLAIM)
    return write


CLAIM = """
    from small.rules import sgd

    def measure(config, seed):
        '''Measure.'''
        return inner(seed)

    def inner(seed):
        return sgd(1.0, seed)

    def judge(results):
        return bound(results)

    def bound(results):
        return 1
"""


def test_only_what_the_task_reaches_counts(package):
    assert reachable(["small.claim:measure"]) == [
        ("small.claim", "inner"),
        ("small.claim", "measure"),
        ("small.rules", "STEP"),
        ("small.rules", "sgd"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("return 1", "return 2", False),  # judging
        ("'''Measure.'''", "'''Measures, and says so at length.'''", False),
        ("return inner(seed)", "return  inner( seed )  # layout", False),
        ("return sgd(1.0, seed)", "return sgd(2.0, seed)", True),
    ],
)
def test_a_change_of_the_claim(package, old, new, changes):
    before = code_fingerprint(["small.claim:measure"])
    package("claim", CLAIM.replace(old, new))
    assert (code_fingerprint(["small.claim:measure"]) != before) is changes


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (
            "STEP = 0.1\n\ndef sgd(w, g):\n    return w - STEP * g\n\ndef other():\n    print()",
            False,
        ),
        ("STEP = 0.2\n\ndef sgd(w, g):\n    return w - STEP * g\n", True),
    ],
)
def test_a_change_of_what_it_imports(package, code, changes):
    before = code_fingerprint(["small.claim:measure"])
    package("rules", code)
    assert (code_fingerprint(["small.claim:measure"]) != before) is changes


def test_a_module_is_followed_through_its_attributes(package):
    package("claim", "from small import rules\n\ndef measure(config, seed):\n    rules.sgd(0, 0)\n")
    assert ("small.rules", "STEP") in reachable(["small.claim:measure"])
    assert ("small.rules", "other") not in reachable(["small.claim:measure"])


def test_an_import_inside_a_function_is_followed(package):
    package("claim", "def measure(c, s):\n    from small.rules import sgd\n    return sgd(0, 0)\n")
    assert ("small.rules", "STEP") in reachable(["small.claim:measure"])


def test_a_registry_brings_in_all_it_lists(package):
    package("claim", "from small.rules import sgd, other\nKNOWN = {'a': sgd, 'b': other}\n\n"
                     "def measure(c, s):\n    return KNOWN[c]\n")  # fmt: skip
    assert {("small.rules", "sgd"), ("small.rules", "other")} <= set(
        reachable(["small.claim:measure"])
    )


def test_an_unknown_task_is_refused():
    with pytest.raises(ConfigError, match="has no 'nothing'"):
        code_fingerprint(["deepclaims.errors:nothing"])
