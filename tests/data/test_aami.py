from wfdb.io.annotation import ann_label_table, is_qrs

from deepclaims.data.aami import (
    CLASS_OF,
    CLASSES,
    DS1,
    DS2,
    PACED,
    SWAPPED_VALIDATION,
    VALIDATION,
)

# WFDB counts these as QRS too: four that MIT-BIH does not use, and the waves of ventricular
# flutter, which EC57 does not count as beats.
NOT_HERE = {"B", "n", "r", "?", "!"}


def test_the_mapping_covers_exactly_the_beat_symbols():
    symbols = dict(zip(ann_label_table["label_store"], ann_label_table["symbol"], strict=True))
    marks_beat = {symbols[code] for code, beat in enumerate(is_qrs) if beat and code in symbols}
    assert set(CLASS_OF) == marks_beat - NOT_HERE


def test_classes_of_ec57():
    named = {symbol: CLASSES[number] for symbol, number in CLASS_OF.items()}
    assert [named[s] for s in "NLRej"] == ["N"] * 5
    assert [named[s] for s in "AaJS"] == ["S"] * 4
    assert [named[s] for s in "VE"] == ["V"] * 2
    assert named["F"] == "F"
    assert [named[s] for s in "/fQ"] == ["Q"] * 3


def test_the_records_are_divided():
    assert len(DS1) == len(DS2) == 22
    assert not set(DS1) & set(DS2)
    assert not set(PACED) & {*DS1, *DS2}
    assert set(VALIDATION) < set(DS1)
    assert set(SWAPPED_VALIDATION) < set(DS2)
    # One person gave 201 and 202; neither is chosen by, so that no choice sees both sides.
    assert 201 not in VALIDATION
    assert 202 not in SWAPPED_VALIDATION
