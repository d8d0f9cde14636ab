from xml.etree import ElementTree

import pytest

from deepclaims.report.formulas import Formulas, convert, strings


def parsed(formulas: Formulas, latex: str) -> ElementTree.Element:
    return ElementTree.fromstring(formulas.display(latex))


def test_a_fraction_is_a_fraction():
    (fraction,) = parsed(convert([r"\frac{1}{4}"], []), r"\frac{1}{4}").iter("mfrac")
    assert [child.text for child in fraction] == ["1", "4"]


@pytest.mark.parametrize("wrapped", ["x^2", "$x^2$", "$$x^2$$", "\n  x^2\n\n"])
def test_dollars_and_blank_lines_around_a_formula_do_not_matter(wrapped):
    assert len(list(parsed(convert([wrapped], []), wrapped).iter("msup"))) == 1


def test_aligned_and_cases_keep_their_rows():
    latex = r"\begin{aligned} a &= b \\ c &= \begin{cases} 1 & d \\ 2 & e \end{cases}\end{aligned}"
    outer, inner = parsed(convert([latex], []), latex).iter("mtable")
    assert len(outer) == len(inner) == 2


def test_running_text_is_escaped_and_its_formulas_set():
    text = "si $a < b$, entonces `f(x) < 1` & <b>listo</b>"
    html = str(convert([], [text]).text(text))
    assert html.startswith("si <math><mrow>")
    assert "<code>f(x) &lt; 1</code> &amp; &lt;b&gt;listo&lt;/b&gt;" in html


def test_a_price_is_no_formula():
    formulas = convert([], ["it costs $5"])
    assert formulas.markup == {}
    assert str(formulas.text("it costs $5")) == "it costs $5"


def test_markdown_means_nothing_outside_formulas_but_stress():
    text = Formulas().text
    assert str(text("a*b*c_d_e # f")) == "a*b*c_d_e # f"
    assert str(text("n* and w*, a * b * c, **d**")) == "n* and w*, a * b * c, **d**"
    assert str(text("many *saddle points*.")) == "many <em>saddle points</em>."
    assert str(text("*<b>* `*x*`")) == "<em>&lt;b&gt;</em> <code>*x*</code>"


def test_formulas_do_not_get_mixed_up():
    many = [f"x_{{{index}}}" for index in range(30)]
    formulas = convert(many, [f"${latex}$" for latex in many])
    for index, latex in enumerate(many):
        assert parsed(formulas, latex).find(".//msub/mn").text == str(index)
    assert formulas.failed == []


def test_what_pandoc_cannot_read_is_shown_as_latex():
    formulas = convert([r"\frac{1}{", "y"], [])
    assert formulas.failed == [r"\frac{1}{"]
    assert str(formulas.display(r"\frac{1}{")) == r'<code class="latex">\frac{1}{</code>'
    assert "<math" in formulas.display("y")


def test_every_string_is_found():
    assert sorted(strings({"a": ["x", {"b": "y"}], "c": "z", "d": 3, "e": None})) == ["x", "y", "z"]


def test_indices_written_as_text_are_mathematics():
    text = str(Formulas().text("the state θ_{t−1} and W_t, but one_step_recursion and `x_1` stay"))
    assert text.count("<msub>") == 2
    assert "<mi>θ</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow>" in text
    assert "one_step_recursion" in text
    assert "<code>x_1</code>" in text


def test_a_power_behind_an_index_is_none_of_it():
    text = str(Formulas().text("λ Σ (1 + k)⁴ c_k² over all k"))
    assert "²" in text.split("</math>")[1]
    assert "k²" not in text


def test_spanish_decimals_have_a_comma_and_references_keep_their_point():
    text = (
        "entre 0.9 y 1.1, arXiv:1708.07747, arXiv 1705.03071, L1.s18.2, versión 1.0.0, "
        "10.1007/b1, sec. 7.4, $x=0.5$."
    )
    shown = str(Formulas().text(text, "es"))
    assert "entre 0,9 y 1,1," in shown
    for kept in ("1708.07747", "1705.03071", "L1.s18.2", "1.0.0", "10.1007/b1", "sec. 7.4"):
        assert kept in shown
    assert "0.9" in str(Formulas().text(text, "en"))


@pytest.mark.parametrize(
    ("latex", "told"),
    [
        (r"f(x)", '<mo stretchy="false">(</mo>'),
        (r"\left(\frac{a}{b}\right)", "<mo>(</mo>"),
        (r"\mathbf{m}", "<mi>𝒎</mi>"),
        (r"\mathrm{d}", '<mi mathvariant="normal">d</mi>'),
        (r"|x|", '<mo stretchy="false" form="prefix">|</mo>'),
    ],
)
def test_what_mathml_takes_for_granted_is_not_said(latex, told):
    markup = str(convert([], [f"${latex}$"]).text(f"${latex}$"))
    assert markup.startswith("<math>")
    assert "annotation" not in markup
    assert told in markup
