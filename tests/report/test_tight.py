import pytest

from deepclaims.report.tight import tight


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<li>one</li>\n<li>two</li>\n</ul>", "<li>one\n<li>two\n</ul>"),
        ("<dt>a</dt>\n<dd>b</dd>\n</dl>", "<dt>a\n<dd>b\n</dl>"),
        ("<tr><th>a</th><td>b</td></tr>\n</tbody></table>", "<tr><th>a<td>b\n</table>"),
        ('<a title="it&#39;s">it&#39;s</a>', "<a title=\"it's\">it's</a>"),
        ("<ul><li><ul><li>a</li></ul></li></ul>", "<ul><li><ul><li>a</ul></ul>"),
        ("<li>one</li> and",) * 2,
        ("<script>x = '<p id=\"a\">&#39;</p><p>'</script>",) * 2,
    ],
)
def test_what_may_be_left_out_is(page, told):
    assert tight(page) == told
