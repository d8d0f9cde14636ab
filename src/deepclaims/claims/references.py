"""What a claim's file refers to, as `${claim.seeds}`, filled in.

OmegaConf does it, and takes 30 ms for a whole claim: so it is shown only what can be referred to
and the places that refer. Where a file uses more of it than that, it is shown everything.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from omegaconf import OmegaConf

REFERRED = ("data", "seeds", "grid", "tune")
"""Entries that parts of a claim usually refer to."""
_MORE = re.compile(rf"\$\{{(?!claim\.(?:{'|'.join(REFERRED)})\b)|^\?\?\?$")
"""A reference to anything else, or a value that OmegaConf takes for a missing one."""


def filled(content: Mapping[str, Any], adopted: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a claim with those of its profile laid over them, and without references.

    Args:
        content: entries of the claim's file.
        adopted: what its profile has otherwise.

    Raises:
        OmegaConfBaseException: when what is referred to is not there.
    """
    merged = laid_over(content, adopted)
    words = list(dict.fromkeys(_references(merged)))
    if _hides(content, adopted) or any(map(_MORE.search, words)):
        return by_omegaconf(OmegaConf.merge({"claim": content}, {"claim": adopted}))
    shown = {key: merged[key] for key in REFERRED if key in merged}
    answers = OmegaConf.to_container(
        OmegaConf.create({"claim": shown, "words": words}), resolve=True
    )
    meant = dict(zip(words, answers["words"], strict=True))  # type: ignore[call-overload, index]
    return _with(merged, meant)


def by_omegaconf(merged: Any) -> dict[str, Any]:
    """The same of a config that OmegaConf has already.

    Raises:
        OmegaConfBaseException: when what is referred to is not there.
    """
    return OmegaConf.to_container(merged, resolve=True)["claim"]  # type: ignore[call-overload, index, return-value]


def laid_over(old: Any, new: Any) -> Any:
    """`new` in place of `old`; of two mappings, entry by entry. Neither is changed."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    return {
        **old,
        **{key: laid_over(old[key], each) if key in old else each for key, each in new.items()},
    }


def _hides(old: Any, new: Any) -> bool:
    """Whether a mapping is laid over a reference, with whose mapping OmegaConf merges it."""
    if not isinstance(new, Mapping):
        return False
    if isinstance(old, Mapping):
        return any(_hides(old[key], each) for key, each in new.items() if key in old)
    return isinstance(old, str)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif _refers(node):
        yield node


def _with(node: Any, meant: Mapping[str, Any]) -> Any:
    """A copy with what is meant in each place that refers."""
    if isinstance(node, Mapping):
        return {key: _with(each, meant) for key, each in node.items()}
    if isinstance(node, list):
        return [_with(each, meant) for each in node]
    return copy.deepcopy(meant[node]) if _refers(node) else node


def _refers(node: Any) -> bool:
    return isinstance(node, str) and ("${" in node or node == "???")
