import math

import pytest

from deepclaims.report.rounding import estimate, number, probability

NB, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("value", "en", "es"),
    [
        (0, "0", "0"),
        (-3, "−3", "−3"),
        (0.5, "0.5", "0,5"),
        (1 / 3, "0.3333", "0,3333"),
        (1234, "1234", "1234"),
        (48120, "48,120", f"48{THIN}120"),
        (12345.678, "12,350", f"12{THIN}350"),
        (0.00099999, "0.001", "0,001"),
        (1e-10, "10⁻¹⁰", "10⁻¹⁰"),
        (-2.5e8, f"−2.5{NB}×{NB}10⁸", f"−2,5{NB}×{NB}10⁸"),
        (math.inf, "∞", "∞"),
        (math.nan, "–", "–"),
        (None, "–", "–"),
    ],
)
def test_numbers_alone(value, en, es):
    assert number(value, "en") == en
    assert number(value, "es") == es


@pytest.mark.parametrize(
    ("numbers", "value", "interval"),
    [
        ((0.01234, 0.0112, 0.0135), "0.0123", f"[0.0112,{NB}0.0135]"),
        ((12.3456, 11.0, 14.0), "12.3", f"[11.0,{NB}14.0]"),
        ((3210.0, 2430.0, 4480.0), "3210", f"[2430,{NB}4480]"),
        ((1.2e-5, 1.0e-5, 1.4e-5), f"1.20{NB}×{NB}10⁻⁵", f"[1.00,{NB}1.40]{NB}×{NB}10⁻⁵"),
        ((60074.0, 60074.0, 60074.0), "60,074", ""),
        ((0.1, 0.05, math.inf), "0.100", f"[0.050,{NB}∞]"),
        ((0.5, -math.inf, math.inf), "0.5", f"[−∞,{NB}∞]"),
        ((-0.0001, -0.5, 0.6), "0.00", f"[−0.50,{NB}0.60]"),
        ((2e-17, 3e-20, 6.5e7), f"2{NB}×{NB}10⁻¹⁷", f"[3{NB}×{NB}10⁻²⁰,{NB}6.5{NB}×{NB}10⁷]"),
        ((0.2077016912, 0.2077016911, 0.2077016913), "0.207702", f"[0.207702,{NB}0.207702]"),
        ((1 / 3, 1 / 3, 1 / 3), "0.3333", ""),
        ((0.0, 0.0, 1e-300), "0", f"[0.00,{NB}1.00]{NB}×{NB}10⁻³⁰⁰"),
        ((math.nan, -math.inf, math.inf), "–", ""),
    ],
)
def test_estimates_are_rounded_by_their_interval(numbers, value, interval):
    assert estimate(*numbers, "en") == (value, interval)


def test_spanish_intervals_take_a_semicolon():
    assert estimate(0.01234, 0.0112, 0.0135, "es") == ("0,0123", f"[0,0112;{NB}0,0135]")


def test_probabilities_do_not_claim_too_much():
    assert probability(1e-30, "en") == "< 0.001"
    assert probability(0.0312, "es") == "0,031"
    assert probability(0.5, "en") == "0.50"
    assert probability(None, "en") == "–"
