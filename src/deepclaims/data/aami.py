"""Beat classes of ANSI/AAMI EC57 and the records of de Chazal's inter-patient division.

de Chazal, O'Dwyer & Reilly 2004, "Automatic classification of heartbeats using ECG morphology
and heartbeat interval features", IEEE Trans. Biomed. Eng. 51(7).
"""

from __future__ import annotations

CLASSES = ("N", "S", "V", "F", "Q")
"""Normal, supraventricular ectopic, ventricular ectopic, fusion, unclassifiable."""

SYMBOLS = {
    "N": "NLRej",
    "S": "AaJS",
    "V": "VE",
    "F": "F",
    "Q": "/fQ",
}
"""MIT-BIH annotation symbols of each class; every other symbol marks no beat."""

CLASS_OF = {symbol: CLASSES.index(name) for name, text in SYMBOLS.items() for symbol in text}
"""Class number of each beat symbol."""

UNKNOWN = CLASSES.index("Q")
"""Q counts in the rhythm, but is neither learnt nor scored."""

PACED = (102, 104, 107, 217)
"""Left out, as AAMI asks."""

DS1 = (
    101, 106, 108, 109, 112, 114, 115, 116, 118, 119, 122,
    124, 201, 203, 205, 207, 208, 209, 215, 220, 223, 230,
)  # fmt: skip
"""To train on."""

DS2 = (
    100, 103, 105, 111, 113, 117, 121, 123, 200, 202, 210,
    212, 213, 214, 219, 221, 222, 228, 231, 232, 233, 234,
)  # fmt: skip
"""To test on."""

DOMINANT = 232
"""The patient of DS2 who has three of four of its S beats."""

TWICE = 202
"""The patient of DS2 who is in DS1 too, as 201."""

TWIN = 201
"""The same person's record in DS1."""

VALIDATION = (109, 112, 118, 223)
"""Patients of DS1 kept for choosing: 171 of its 944 S, 527 of its 3 788 V, 16 of its 415 F."""

FOLDS = (
    (101, 106, 122, 203, 209),
    (114, 119, 207, 230),
    (108, 115, 208, 220),
    VALIDATION,
    (116, 124, 201, 205, 215),
)
"""DS1 in five parts by patient, each with some S and V: to compare recipes without DS2."""

SWAPPED_VALIDATION = (100, 200, 213, 222)
"""Patients of DS2 kept for choosing where DS2 is trained on."""

PUBLISHED = {
    "DS1": {"N": 45_866, "S": 944, "V": 3_788, "F": 415, "Q": 8},
    "DS2": {"N": 44_259, "S": 1_837, "V": 3_221, "F": 388, "Q": 7},
}
"""Beats of each class in the 44 records."""


def halves(records: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Every other record, and the rest: to choose by, and to test on where the test is locked."""
    return records[::2], records[1::2]
