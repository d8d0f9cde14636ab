"""Numbers as people read them: rounded to what the interval carries, in the way of each language.

English writes 12,345.6 and [0.1, 0.2]; Spanish writes 12 345,6 and [0,1; 0,2].
"""

import math

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SPACE = "\u00a0"  # does not break
_THIN = "\u202f"  # narrow space that does not break
_SMALL, _LARGE = 1e-3, 1e5  # outside of these a power of ten reads better
_TINY, _TINY_DIGITS = 1e-6, 1  # of such a number its power of ten is all that means anything
_SIGNIFICANT = 4  # digits of a number that comes without an uncertainty


def number(value: float | None, language: str, significant: int = _SIGNIFICANT) -> str:
    """A number on its own, to `significant` digits; whole numbers below a million in full."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == round(value) and abs(value) < 1e6:
        return _fixed(value, 0, language)
    value = float(f"{value:.{significant - 1}e}")  # 0.00099999 is 0.001, not 10 × 10⁻⁴
    exponent = _exponent(value)
    if _SMALL <= abs(value) < _LARGE:
        decimals = max(0, significant - 1 - exponent)
        return _trimmed(_fixed(value, decimals, language), decimals)
    digits = _trimmed(_fixed(value / 10.0**exponent, significant - 1, language), significant - 1)
    if digits in ("1", "−1"):
        return digits[:-1] + _power(exponent)
    return digits + _times(exponent)


def estimate(value: float, low: float, high: float, language: str) -> tuple[str, str]:
    """A value and its interval, rounded to two significant digits of the interval's half-width.

    Returns:
        The value, and the interval in brackets (empty where there is none, as for exact numbers).
        Where a power of ten is needed, both are written with it.
    """
    if math.isnan(value):
        return "–", ""
    if low == high:
        return number(value, language, _TINY_DIGITS if abs(value) < _TINY else _SIGNIFICANT), ""
    if low > 0 and high / low > 100 and math.isfinite(high):  # one rounding cannot serve all three
        low_text, high_text = (number(end, language, 2) for end in (low, high))
        return number(value, language, 2), interval(low_text, high_text, language)
    ends = [each for each in (value, low, high) if math.isfinite(each)]
    largest = max(abs(each) for each in ends)
    plain = largest == 0 or _SMALL <= largest < _LARGE
    exponent = 0 if plain else _exponent(largest)
    scale = 10.0**exponent
    half = (max(ends) - min(ends)) / 2 / scale
    if half == 0:  # open at both ends
        return number(value, language), interval("−∞", "∞", language)
    decimals = min(max(0, 1 - _exponent(half)), max(0, 5 - _exponent(largest / scale)))
    power = "" if plain else _times(exponent)
    value_text, low_text, high_text = (
        _fixed(each / scale, decimals, language) for each in (value, low, high)
    )
    shown = "0" if power and value == 0 else value_text + power
    return shown, interval(low_text, high_text, language) + power


def interval(low: str, high: str, language: str) -> str:
    """Two written numbers as an interval; Spanish takes a semicolon, since its comma is decimal."""
    comma = ";" if language == "es" else ","
    return f"[{low}{comma}{_SPACE}{high}]"


def probability(p: float | None, language: str) -> str:
    """A p-value, as `p < 0.001` where smaller would claim too much."""
    if p is None or math.isnan(p):
        return "–"
    if p < 0.001:
        return f"< {_fixed(0.001, 3, language)}"
    return _fixed(p, 3 if p < 0.1 else 2, language)


def power(share: float, language: str) -> str:
    """A power in per cent, without the sign; no power is 100 %."""
    if share > 0.99:
        return "> 99"
    return "< 1" if share < 0.01 else number(100 * share, language, 2)


def unrounded(value: float, language: str) -> str:
    """All digits of a number, as the language writes them."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = repr(float(value)).removesuffix(".0").replace("-", "−")
    return text.replace(".", ",") if language == "es" else text


def _fixed(value: float, decimals: int, language: str) -> str:
    """A number with a fixed count of decimals, grouped in thousands from five digits on."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{abs(value):,.{decimals}f}"
    whole, _, rest = text.partition(".")
    if len(whole) < 6:  # 1,234: four digits need no grouping
        whole = whole.replace(",", "")
    if language == "es":
        whole = whole.replace(",", _THIN)
    point = "," if language == "es" else "."
    sign = "−" if value < 0 and float(text.replace(",", "")) != 0 else ""
    return sign + whole + (point + rest if rest else "")


def _trimmed(text: str, decimals: int) -> str:
    """The text of a number without the zeros at its end, as 0.5000 needs none."""
    return text.rstrip("0").rstrip(".,") if decimals else text


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value)))


def _times(exponent: int) -> str:
    return f"{_SPACE}×{_SPACE}{_power(exponent)}"


def _power(exponent: int) -> str:
    return "10" + str(exponent).translate(_SUPERSCRIPT)
