import sys
import textwrap

import pytest

from deepclaims.errors import ConfigError
from deepclaims.sweep import fingerprint, source
from deepclaims.sweep.cell import STACKED, TRAIN
from deepclaims.sweep.fingerprint import code_fingerprint, reachable


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package that stands for deepclaims; returns how to write a module."""
    monkeypatch.setattr(source, "PACKAGE", "small")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "small", raising=False)
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "__init__.py").write_text("")

    def write(name: str, code: str) -> None:
        (tmp_path / "small" / f"{name}.py").write_text(textwrap.dedent(code))
        fingerprint.forget()

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


TABLE = """
    from deepclaims.groups import Table
    from small.rules import other, sgd

    RULES = Table("rule", {"sgd": sgd, "other": other, "none": lambda: 0})
"""


@pytest.mark.parametrize(
    ("code", "config", "reached"),
    [
        ("RULES.choose(config['rule'])", {"rule": {"name": "sgd"}}, {"sgd"}),
        ("RULES.named(config)", {"of": [{"arm": "other"}]}, {"other"}),
        ("RULES.choose(config or {'name': 'sgd'})", {}, {"sgd"}),  # a default in the code
        ("RULES['sgd']", {}, {"sgd"}),
        ("'sgd' in RULES and config['sgd'] == 'other'", {}, set()),
        ("RULES[config['name']]", {"name": "none"}, {"sgd", "other"}),  # no telling: all
        ("[rule for rule in RULES]", {}, {"sgd", "other"}),
        ("RULES.choose(config)", None, {"sgd", "other"}),
    ],
)
@pytest.mark.parametrize("imported", ["from small.table import RULES", "from small import table"])
def test_of_a_table_the_entries_that_the_config_can_name_are_reached(
    package, code, config, reached, imported
):
    package("table", TABLE)
    code = code if "RULES" in imported else code.replace("RULES", "table.RULES")
    package("claim", f"{imported}\n\ndef measure(config, seed):\n    return {code}\n")
    found = reachable(["small.claim:measure"], config)
    assert {name for module, name in found if module == "small.rules"} - {"STEP"} == reached


def test_a_new_entry_of_a_table_leaves_the_others_alone(package):
    package("claim", "from small.table import RULES\n\ndef measure(c, s):\n    RULES.choose(c)\n")
    package("table", TABLE)
    configs = [{"name": "sgd"}, {"name": "none"}]
    before = [code_fingerprint(["small.claim:measure"], config) for config in configs]
    package("table", TABLE.replace('"none": lambda: 0', '"none": lambda: 1, "new": other'))
    after = [code_fingerprint(["small.claim:measure"], config) for config in configs]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False]


MODELS = ["mlp", "lenet", "convnet", "rnn", "lstm", "autoencoder", "beatnet"]


@pytest.mark.slow
@pytest.mark.parametrize("task", [TRAIN, STACKED])
@pytest.mark.parametrize(
    ("module", "users"),
    [("lenet", {"lenet"}), ("autoencoder", {"autoencoder"}), ("convolutional", {"convnet"})],
)
def test_a_change_of_a_network_changes_the_keys_of_its_own_trainings(
    checkout, monkeypatch, task, module, users, composer
):
    data = {"lenet": "mnist", "convnet": "ecg_segments", "beatnet": "ecg"}
    configs = {
        name: composer.cell([f"model={name}", f"data={data.get(name, 'mnist')}"], {})
        for name in MODELS
    }
    before = {name: code_fingerprint([task], config) for name, config in configs.items()}
    real = source.source_of

    def changed(file):
        text = real(file)
        return text.replace("return", "return 1 and", 1) if file.stem == module else text

    monkeypatch.setattr(source, "source_of", changed)
    fingerprint.forget()
    try:
        after = {name: code_fingerprint([task], config) for name, config in configs.items()}
    finally:
        fingerprint.forget()
    assert {name for name in MODELS if before[name] != after[name]} == users
