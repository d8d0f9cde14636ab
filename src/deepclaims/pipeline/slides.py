"""The lectures on the terminal: each sentence with the claims that test it and their verdicts."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from deepclaims.arguments import Arguments, Given, Key
from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError
from deepclaims.lectures.deck import Deck, Sentence, Slide
from deepclaims.lectures.inventory import Lectures, count
from deepclaims.lectures.reading import load
from deepclaims.pipeline.catalogue import published
from deepclaims.project import Project

WIDTH = 100
ARGUMENTS = Arguments(
    "slides",
    keys={"claim": Key("ID")},
    word="L1|L1.s20|L1.s20.5",
    optional=True,
    hint="name one deck, slide or sentence",
    flags=("--untested", "--doubtful"),
)
TO_COME = "not written yet"

Verdicts = Mapping[str, str]


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims slides`.

    Raises:
        ConfigError: for words it does not take, an id or claim that there is not, and an inventory
            that contradicts itself.
        StorageError: for a report that is damaged.
    """
    given = ARGUMENTS.read(words)
    project = Project.here()
    lectures = load(project.conf)
    verdicts = _verdicts(project)
    wanted = _wanted(given, lectures)
    name = given.word
    if "." not in name:
        decks = [lectures.deck(name)] if name else lectures.decks
        shown = [line for deck in decks for line in _deck(deck, wanted, verdicts)]
        items = [item for deck in decks for item in deck.items if wanted(item)]
        lines = [*shown, _counted(items, verdicts)]
    elif name.count(".") == 1:
        slide = lectures.slide(name)
        items = [item for item in slide.items if wanted(item)]
        lines = [*_title(slide), *_each(items, lectures, verdicts)]
    else:
        lines = _each([lectures.sentence(name)], lectures, verdicts)
    print("\n".join(lines))


def _wanted(given: Given, lectures: Lectures) -> Callable[[Sentence], bool]:
    """Which items are asked for: all, or those that every flag and key agrees to."""
    claim = given["claim"]
    if claim and claim not in lectures.claims:
        raise ConfigError(f"no claim '{claim}' tests a slide; `deepclaims slides` names those")

    def wanted(item: Sentence) -> bool:
        return (
            ("--untested" not in given.flags or item.untested is not None)
            and ("--doubtful" not in given.flags or item.doubtful)
            and (not claim or claim in item.claims)
        )

    return wanted


def _verdicts(project: Project) -> Verdicts:
    """The verdict of every claim that is written, by its id."""
    judged = published(project)
    written = (name.split("/")[1] for name in claims.catalogue(project.conf))
    return {claim: judged.get(claim, "not judged") for claim in written}


def _deck(deck: Deck, wanted: Callable[[Sentence], bool], verdicts: Verdicts) -> Iterator[str]:
    """What of a deck can be measured and is wanted, a line or two each."""
    if any(wanted(item) for item in deck.items):
        yield f"\n{deck.id}  {deck.title} ({', '.join(filter(None, (deck.author, deck.course)))})"
    for slide in deck.slides:
        items = [item for item in slide.sentences if wanted(item)]
        if items:
            yield from _title(slide)
        for item in items:
            yield f"  {item.id:<10} {_short(item.quotation)}"
            if item.untested:
                yield f"{'':13}untested: {_short(item.untested.why['en'])}"
                yield f"{'':13}goes to {', '.join(item.untested.to)}"
            else:
                yield f"{'':13}{_tests(item, verdicts)}"


def _title(slide: Slide) -> list[str]:
    return [f"\n{slide.id}  {slide.title or '(no title)'}"]


def _each(items: Sequence[Sentence], lectures: Lectures, verdicts: Verdicts) -> list[str]:
    return [line for item in items for line in _whole(item, lectures, verdicts)]


def _whole(item: Sentence, lectures: Lectures, verdicts: Verdicts) -> Iterator[str]:
    """All there is to say of an item."""
    yield f"\n  {item.id}  {item.kind}"
    yield from _block(item.text)
    yield from (f"    {line}".rstrip() for line in item.code.splitlines())
    if item.displayed:
        yield from _block(f"${item.displayed}$")
    yield from _block(item.en, "en: ")
    yield from _block(item.doubt.get("en", ""), "doubtful: ")
    yield from _block(item.note, "note: ")
    if item.untested:
        yield from _block(item.untested.why["en"], "untested: ")
        for name in item.untested.to:
            proposal = lectures.proposed.get(name)
            what = f"{name} ({proposal.needs}): {proposal.how}" if proposal else name
            yield from _block(what, "goes to ")
    elif item.claims:
        how = "tested by " if item.measurable else "bears upon it: "
        for name in item.claims:
            yield from _block(f"{name} ({verdicts.get(name, TO_COME)})", how)
            yield from _block(lectures.claims[name].beyond["en"], "  beyond the slide: ")


def _block(text: str, label: str = "") -> list[str]:
    # LaTeX is not to be broken within a command, nor words at a hyphen.
    return textwrap.wrap(
        label + text if text else "",
        WIDTH,
        initial_indent="    ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _tests(item: Sentence, verdicts: Verdicts) -> str:
    return ", ".join(f"{name} ({verdicts.get(name, TO_COME)})" for name in item.claims)


def _counted(items: Sequence[Sentence], verdicts: Verdicts) -> str:
    found = count(items, verdicts)
    return (
        f"\n{found.measurable} of {found.items} items can be measured: {found.tested} are tested, "
        f"{found.planned} wait for claims\nthat are not written yet, {found.untested} no claim is "
        f"to test, and says why; {found.doubtful} are transcribed with doubt."
    )


def _short(text: str) -> str:
    return textwrap.shorten(text, WIDTH - 14, placeholder=" …")
