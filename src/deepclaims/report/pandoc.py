"""Pandoc, asked again only for what it did not convert for the last publication."""

from __future__ import annotations

from deepclaims.report.kept import Pages

READS = "markdown-raw_html-raw_tex-smart"


def converted(text: str, to: str, *options: str, published: Pages) -> str:
    """A Markdown text in another format.

    Args:
        text: what to convert.
        to: pandoc's name of the format.
        options: more words for pandoc.
        published: what the last publication had converted.
    """
    import pypandoc

    def convert() -> str:
        return str(pypandoc.convert_text(text, to, format=READS, extra_args=[*options]))

    made_by = ("pandoc", pypandoc.get_pandoc_version(), READS, to, *options)
    return published.text(text, " ".join(made_by), convert)
