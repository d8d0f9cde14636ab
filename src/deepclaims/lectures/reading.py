"""The inventory's files, read strictly: what does not fit is refused by name of file and id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from deepclaims.errors import ConfigError
from deepclaims.lectures import strict
from deepclaims.lectures.deck import KINDS, MEASURABLE, Deck, Sentence, Slide, Untested
from deepclaims.lectures.inventory import (
    DEGREES,
    NEEDS,
    STUDY,
    Extension,
    Lectures,
    Proposal,
)

T = TypeVar("T")
FOLDER = "lectures"
CLAIMS = "claims.yaml"
"""The file on the claims; every other file of the folder is a deck's."""
TRANSCRIPTIONS = ("sure", "doubtful")
ITEM_TEXTS = ("text", "latex", "code", "en", "note")
ITEM_KEYS = ("id", "kind", *ITEM_TEXTS, "transcription", "doubt", "claims", "untested")


def load(conf: Path) -> Lectures:
    """Read the inventory.

    Args:
        conf: the folder of configs; the inventory is in its folder `lectures`.

    Raises:
        ConfigError: for a file that cannot be read, keys that are missing or unknown, an unknown
            kind, an id that is used twice or does not begin with its slide's, a measurable
            sentence without translation, transcription, or claim and reason alike, and a claim
            that is not in `claims.yaml`, or there rests on nothing.
    """
    folder = conf / FOLDER
    return _load(folder, tuple((file, _bytes(file)) for file in sorted(folder.glob("*.yaml"))))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # whoever reads it for what it says will say so
        return b""


@lru_cache(maxsize=1)
def _load(folder: Path, written: tuple[tuple[Path, bytes], ...]) -> Lectures:
    """The same, read again only where a byte has changed."""
    files = [file for file, _ in written if file.name != CLAIMS]
    if not files:
        raise ConfigError(f"there is no deck in {folder}")
    claims, proposed = _claims(folder / CLAIMS)
    lectures = Lectures(tuple(map(_deck, files)), claims, proposed)
    _once(lectures)
    _known(lectures)
    _rests(lectures, folder / CLAIMS)
    return lectures


def of_checkout(conf: Path) -> Lectures | None:
    """The inventory, or None where the configs have none: a project on nobody's lectures.

    Raises:
        ConfigError: as `load`.
    """
    return load(conf) if any((conf / FOLDER).glob("*.yaml")) else None


def _deck(file: Path) -> Deck:
    written = strict.content(file)
    where = file.name
    strict.keys(where, written, ("id", "title", "author", "course", "slides"))
    if written["id"] != file.stem:
        raise ConfigError(f"{where}: its id is '{written['id']}', not '{file.stem}'")
    slides = strict.entries(where, "slides", written["slides"])
    return Deck(
        id=file.stem,
        **_texts(where, written, ("title", "author", "course")),
        slides=tuple(_slide(where, file.stem, each) for each in slides),
    )


def _slide(file: str, deck: str, written: Any) -> Slide:
    name = strict.id_of(file, written, f"{deck}.s")
    where = f"{file}, {name}"
    strict.keys(where, written, ("id", "title", "section", "items"), ("steps", "note"))
    steps = written.get("steps", 1)
    if not isinstance(steps, int) or steps < 1:
        raise ConfigError(f"{where}: steps is a whole number from 1, not '{steps}'")
    items = strict.entries(where, "items", written["items"])
    return Slide(
        id=name,
        steps=steps,
        **_texts(where, written, ("title", "section", "note")),
        items=tuple(_sentence(file, name, item) for item in items),
    )


def _sentence(file: str, slide: str, written: Any) -> Sentence:
    name = strict.id_of(file, written, f"{slide}.")
    where = f"{file}, {name}"
    strict.keys(where, written, ("id", "kind"), ITEM_KEYS)
    kind = strict.among(where, "kind", written["kind"], KINDS)
    untested = written.get("untested")
    sentence = Sentence(
        id=name,
        kind=kind,
        **_texts(where, written, ITEM_TEXTS),
        doubt=_doubt(where, kind, written),
        claims=strict.names(where, "claims", written.get("claims", [])),
        untested=None if untested is None else _untested(where, untested),
    )
    for problem in _problems(sentence):
        raise ConfigError(f"{where}: {problem}")
    return sentence


def _texts(where: str, written: Mapping[str, Any], keys: Sequence[str]) -> dict[str, str]:
    return {key: strict.text(where, key, written.get(key, "")) for key in keys}


def _problems(item: Sentence) -> Iterable[str]:
    """What an item lacks, or has too much of, for one of its kind."""
    if item.text and item.code:
        yield "text or code, not both"
    if item.kind == "figure":
        if not item.note:
            yield "a figure needs a note that says what is lost"
    elif not (item.text or item.latex or item.code):
        yield "needs a text, latex or code"
    if item.kind == "opinion" and not item.note:
        yield "an opinion needs a note that says why it cannot be measured"
    if not item.measurable:
        if item.untested:
            yield f"a {item.kind} cannot be untested: it is not measurable"
    elif not item.en:
        yield f"a {item.kind} needs a translation, en"
    elif bool(item.claims) == bool(item.untested):
        yield "needs the claims that test it, or untested with a reason; one of the two"


def _doubt(where: str, kind: str, written: Mapping[str, Any]) -> Mapping[str, str]:
    given = written.get("transcription", None if kind in MEASURABLE else "sure")
    transcription = strict.among(where, "transcription", given, TRANSCRIPTIONS)
    if (transcription == "doubtful") != ("doubt" in written):
        raise ConfigError(f"{where}: a doubtful transcription, and no other, has a doubt")
    return strict.both(where, "doubt", written["doubt"]) if "doubt" in written else {}


def _untested(where: str, written: Any) -> Untested:
    where = f"{where}, untested"
    strict.keys(where, written, ("to", "why"))
    to = strict.names(where, "to", written["to"])
    if not to:
        raise ConfigError(f"{where}: names no claim that is to take it")
    return Untested(to, strict.both(where, "why", written["why"]))


def _claims(file: Path) -> tuple[dict[str, Extension], dict[str, Proposal]]:
    written = strict.content(file)
    strict.keys(file.name, written, ("claims", "proposed"))
    return (
        _table(file.name, written["claims"], ("degree", "beyond"), _extension),
        _table(file.name, written["proposed"] or {}, ("needs", "how"), _proposal),
    )


def _table(
    file: str, written: Any, keys: Sequence[str], read: Callable[[str, Mapping[str, Any]], T]
) -> dict[str, T]:
    found = {}
    for name, entry in strict.mapping(file, written).items():
        where = f"{file}, {name}"
        strict.keys(where, entry, keys)
        found[str(name)] = read(where, entry)
    return found


def _extension(where: str, written: Mapping[str, Any]) -> Extension:
    degree = strict.among(where, "degree", written["degree"], DEGREES)
    return Extension(degree, strict.both(where, "beyond", written["beyond"]))


def _proposal(where: str, written: Mapping[str, Any]) -> Proposal:
    needs = strict.among(where, "needs", written["needs"], NEEDS)
    return Proposal(needs, strict.text(where, "how", written["how"]))


def _once(lectures: Lectures) -> None:
    """Refuse an id that is used twice."""
    seen: set[str] = set()
    for deck in lectures.decks:
        slides = [slide.id for slide in deck.slides]
        for name in (*slides, *(item.id for item in deck.items)):
            if name in seen:
                raise ConfigError(f"{deck.id}.yaml, {name}: the id is used twice")
            seen.add(name)


def _known(lectures: Lectures) -> None:
    """Refuse a claim that `claims.yaml` does not have."""
    for deck in lectures.decks:
        for item in deck.items:
            for name in item.claims:
                if name not in lectures.claims:
                    raise ConfigError(f"{deck.id}.yaml, {item.id}: {CLAIMS} has no claim '{name}'")
            for name in item.untested.to if item.untested else ():
                if name not in lectures.claims and name not in lectures.proposed:
                    raise ConfigError(
                        f"{deck.id}.yaml, {item.id}: {CLAIMS} has no claim '{name}', "
                        "and none of that name is proposed"
                    )


def _rests(lectures: Lectures, file: Path) -> None:
    """Refuse a claim that tests no sentence and is no study, and a proposal none waits for."""
    tested = {name for each in lectures.sentences for name in each.claims}
    wanted = {name for each in lectures.sentences if each.untested for name in each.untested.to}
    for name, claim in lectures.claims.items():
        if claim.degree != STUDY and name not in tested:
            raise ConfigError(f"{file.name}, {name}: tests no sentence, and is no study")
    for name in lectures.proposed:
        if name in lectures.claims:
            raise ConfigError(f"{file.name}, {name}: is proposed, and stands among the claims")
        if name not in wanted:
            raise ConfigError(f"{file.name}, {name}: is proposed, and no sentence waits for it")
