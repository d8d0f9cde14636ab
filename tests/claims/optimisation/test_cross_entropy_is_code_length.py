import numpy as np
import pytest

from deepclaims.claims.optimisation.cross_entropy_is_code_length import codes, measure

NAME = "optimisation/cross-entropy-is-code-length"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, changes={"seeds.first": 300, "grid.block": [1, 4, 64, 256]})


def test_as_measured_it_is_corrected(results, ruling):
    assert ruling(results) == "corrected"


def test_were_the_function_in_bits_it_would_be_supported(results, made_world, ruling):
    bits = made_world(results, "blocks", {"function": lambda values: values / np.log(2)})
    assert ruling(bits) == "supported"


def test_where_codes_cost_more_it_is_refuted(results, made_world, ruling):
    longer = made_world(results, "blocks", {"excess": lambda values: values + 1.0})
    assert ruling(longer) == "refuted"


def test_where_a_code_cannot_be_read_nothing_is_concluded(results, made_world, ruling):
    garbled = made_world(results, "dictionary", {"misread": lambda values: values + 1.0})
    assert ruling(garbled) == "inconclusive"


def test_types_are_all_blocks():
    counts = codes.types(3, 5)
    assert len(counts) == 21
    assert (counts.sum(axis=1) == 5).all()
    assert np.exp2(codes.log_arrangements(counts)).sum() == pytest.approx(3**5)


def test_the_sum_over_types_is_that_over_blocks():
    """Mean length of a block, block by block."""
    p, q = measure._pair(3, 0.1, 8)
    law, coding = (measure._product(each, 4) for each in (p, q))
    found = measure.blocks({"classes": 3, "block": 4, "apart": 0.1}, 8).metrics
    assert found["bits"] == pytest.approx(law @ codes.shannon(np.log2(coding)) / 4)


def test_dyadic_probabilities_cost_what_they_are_worth():
    """Shannon's and Huffman's lengths of (1/2, 1/4, 1/8, 1/8), and a textbook's Huffman code."""
    q = np.array([1 / 8, 1 / 2, 1 / 8, 1 / 4])
    assert codes.shannon(np.log2(q)).tolist() == [3, 1, 3, 2]
    assert codes.huffman(q).tolist() == [3, 1, 3, 2]
    cover_and_thomas = np.array([0.25, 0.25, 0.2, 0.15, 0.15])
    assert cover_and_thomas @ codes.huffman(cover_and_thomas) == pytest.approx(2.3)


def test_words_are_read_back_and_too_short_ones_refused():
    code = codes.words(np.array([3, 1, 3, 2]))
    assert not any(a != b and b.startswith(a) for a in code for b in code)
    said = [0, 1, 2, 3, 3, 1]
    assert codes.read("".join(code[each] for each in said), code) == said
    with pytest.raises(ValueError, match="no prefix code"):
        codes.words(np.array([1, 1, 2]))
