"""deepclaims: what two lecture decks on neural networks claim, trained, judged and published."""

__version__ = "0.1.0"
