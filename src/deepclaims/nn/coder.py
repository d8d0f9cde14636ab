"""What a classifier may have of an autoencoder (L1 "Autoencoder como regularización")."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Coder:
    """An autoencoder beside a classifier, as options.

    Args:
        option: codes, reconstructions or joint, the slides' three; None for no autoencoder.
        code: numbers in the code u.
        depth: hidden layers either side of it.
        width: units of each.
    """

    option: str | None = None
    code: int = 32
    depth: int = 1
    width: int = 128
