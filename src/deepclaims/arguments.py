"""The command line of every verb but `train`, which is Hydra's: words, flags and `key=value`.

A verb says once what it takes; what it does not take is refused in one line that names what it
does, and the same saying makes its `--help`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepclaims.errors import ConfigError


@dataclass(frozen=True)
class Key:
    """A `key=value` that a verb takes.

    Args:
        shown: what stands for the value in messages, such as `NAME` or `es|en`.
        choices: the only values there are; any if empty.
        default: the value where none is given.
        read: turns the text into the value; raises ValueError for what it cannot.
        says: a line of help.
        empty: whether nothing may stand behind the equals sign.
    """

    shown: str = "NAME"
    choices: tuple[str, ...] = ()
    default: Any = None
    read: Callable[[str], Any] = str
    says: str = ""
    empty: bool = False

    @property
    def values(self) -> str:
        """What may stand behind the equals sign."""
        return "|".join(self.choices) or self.shown


@dataclass(frozen=True)
class Given:
    """What was given: the word, the value of each key, the flags, and what is passed on unread.

    `words` has them all where a verb takes several; `word` is the first.
    """

    word: str
    values: Mapping[str, Any]
    flags: frozenset[str]
    passed: tuple[str, ...]
    words: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


@dataclass(frozen=True)
class Arguments:
    """What a verb takes.

    Args:
        verb: its name.
        keys: the `key=value` it takes.
        word: what its one bare word is, e.g. `RECORD`; it takes none if empty.
        many: whether it takes several of them.
        optional: whether that word may be left out.
        hint: what to do when that word is missing.
        flags: the flags it takes, e.g. `--compare`.
        prefixes: first parts of dotted keys that are passed on unread, e.g. `executor`.
    """

    verb: str
    keys: Mapping[str, Key] = field(default_factory=dict)
    word: str = ""
    optional: bool = False
    many: bool = False
    hint: str = ""
    flags: tuple[str, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def read(self, words: Sequence[str]) -> Given:
        """Read a command line; of a key that is given twice the last counts.

        What has a slash before its equals sign is a path, and no key.

        Raises:
            ConfigError: for what the verb does not take, and a word that is missing.
        """
        bare: list[str] = []
        passed: list[str] = []
        flags: set[str] = set()
        values = {name: key.default for name, key in self.keys.items()}
        for text in words:
            name, equals, value = text.partition("=")
            if text.startswith("-") and text in self.flags:
                flags.add(text)
            elif equals and name in self.keys:
                values[name] = self._value(name, value)
            elif equals and name.partition(".")[0] in self.prefixes:
                passed.append(text)
            elif self.word and (not equals or "/" in name) and not text.startswith("-"):
                bare.append(text)
            else:
                raise ConfigError(self._unknown(text))
        enough = bool(bare) if self.many else len(bare) == 1
        if self.word and not enough and not (self.optional and not bare):
            raise ConfigError(f"{self.hint or f'name one {self.word}'}: deepclaims {self.usage}")
        first = bare[0] if bare else ""
        return Given(first, values, frozenset(flags), tuple(passed), tuple(bare))

    @property
    def usage(self) -> str:
        """The verb with all that it takes, in one line."""
        return " ".join([self.verb, *self._word(), *self._known()])

    @property
    def help(self) -> str:
        """A line for each thing it takes that has something to say."""
        rows = [(f"{name}={key.values}", key) for name, key in self.keys.items() if key.says]
        width = max((len(shown) for shown, _ in rows), default=0)
        lines = []
        for shown, key in rows:
            default = f" [{key.default}]" if key.default not in (None, "") else ""
            lines.append(f"  {shown:<{width}}  {key.says}{default}")
        return "\n".join(lines)

    def _value(self, name: str, text: str) -> Any:
        key = self.keys[name]
        if key.choices and text not in key.choices:
            known = ", ".join(key.choices)
            raise ConfigError(f"no {name} '{text}'; known: {known}{_close(text, key.choices)}")
        if not text and not key.empty:
            raise ConfigError(f"{name}= needs a value: {name}={key.values}")
        try:
            return key.read(text)
        except ValueError:
            raise ConfigError(
                f"{name}={text} is not possible; known: {name}={key.values}"
            ) from None

    def _unknown(self, text: str) -> str:
        known = self._known()
        if not known:
            return f"{self.verb} takes no '{text}'"
        names = [*self.keys, *self.flags, *self.prefixes]
        close = _close(text.partition("=")[0], names)
        known = [*self._word(), *known]
        return f"{self.verb} does not know '{text}'; known: {', '.join(known)}{close}"

    def _word(self) -> list[str]:
        shown = f"{self.word}…" if self.many else self.word
        return [f"[{shown}]" if self.optional else shown] if self.word else []

    def _known(self) -> list[str]:
        keys = [f"{name}={key.values}" for name, key in self.keys.items()]
        return [*keys, *self.prefixes.values(), *self.flags]


def _close(word: str, known: Sequence[str]) -> str:
    found = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean '{found[0]}'?)" if found else ""
