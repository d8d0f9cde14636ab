import pytest

from deepclaims.arguments import Arguments, Key
from deepclaims.errors import ConfigError

ARGUMENTS = Arguments(
    "boil",
    {
        "minutes": Key("NUMBER", default=4, read=int, says="how long"),
        "kind": Key(choices=("soft", "hard"), default="soft"),
        "salt": Key(),
    },
    word="EGG",
    flags=("--quick",),
    prefixes={"stove": "stove.KEY=VALUE"},
)


def test_everything_has_its_place():
    given = ARGUMENTS.read(["brown", "minutes=7", "--quick", "stove.gas=high", "minutes=8"])
    assert given.word == "brown"
    assert given["minutes"] == 8
    assert given["kind"] == "soft"
    assert given["salt"] is None
    assert given.flags == {"--quick"}
    assert given.passed == ("stove.gas=high",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["brown", "minute=7"], "did you mean 'minutes'?"),
        (["brown", "--slow"], "boil does not know '--slow'; known: EGG, minutes=NUMBER, kind=soft"),
        (["brown", "minutes=long"], "minutes=long is not possible; known: minutes=NUMBER"),
        (["brown", "kind=sof"], "no kind 'sof'; known: soft, hard (did you mean 'soft'?)"),
        (["brown", "salt="], "salt= needs a value"),
        ([], "name one EGG: deepclaims boil EGG"),
        (["brown", "white"], "name one EGG"),
    ],
)
def test_what_is_not_taken_is_refused_in_one_line(words, said):
    with pytest.raises(ConfigError) as error:
        ARGUMENTS.read(words)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_verb_without_arguments():
    with pytest.raises(ConfigError, match="look takes no 'far'"):
        Arguments("look").read(["far"])


def test_help_is_made_of_the_same():
    assert ARGUMENTS.usage == (
        "boil EGG minutes=NUMBER kind=soft|hard salt=NAME stove.KEY=VALUE --quick"
    )
    assert "minutes=NUMBER  how long [4]" in ARGUMENTS.help


def test_an_optional_word_may_be_left_out():
    arguments = Arguments("boil", word="EGG", optional=True)
    assert arguments.read([]).word == ""
    assert arguments.read(["brown"]).word == "brown"
    assert arguments.usage == "boil [EGG]"
    with pytest.raises(ConfigError, match=r"name one EGG: deepclaims boil \[EGG\]"):
        arguments.read(["brown", "white"])
